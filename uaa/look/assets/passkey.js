// Asks the browser for a passkey and puts its answer into the page's own form. Without this script the form posts an empty
// answer, and the page that follows says what is needed. Nothing is fetched: options lie in the form, the answer is posted.
"use strict";

(() => {
  const form = document.querySelector("form[data-passkey]");
  const credentials = window.PublicKeyCredential && navigator.credentials;
  if (!form || !credentials) return;
  document.querySelectorAll("[data-without-script]").forEach((notice) => notice.remove());

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const keys = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

  const get = form.dataset.passkey === "get";
  const field = form.elements[get ? "assertion" : "credential"];
  const options = JSON.parse(form.dataset.options);
  options.challenge = bytes(options.challenge);
  if (get) {
    options.allowCredentials = keys(options.allowCredentials);
  } else {
    options.user = { ...options.user, id: bytes(options.user.id) };
    options.excludeCredentials = keys(options.excludeCredentials);
  }

  // WebAuthn Level 3 sections 5.1.4 and 5.1.3: what `toJSON` of a newer browser gives, for all of them.
  const answer = (credential) => {
    const response = credential.response;
    const json = {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment || undefined,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: { clientDataJSON: text(response.clientDataJSON) },
    };
    if (get) {
      json.response.authenticatorData = text(response.authenticatorData);
      json.response.signature = text(response.signature);
      if (response.userHandle) json.response.userHandle = text(response.userHandle);
    } else {
      json.response.attestationObject = text(response.attestationObject);
      if (response.getTransports) json.response.transports = response.getTransports();
    }
    return JSON.stringify(json);
  };

  // What a script submits names no button; the server tells a refused passkey from an empty user name by it.
  const send = () => {
    if (form.elements.method) {
      const pressed = document.createElement("input");
      Object.assign(pressed, { type: "hidden", name: "method", value: "passkey" });
      form.append(pressed);
    }
    HTMLFormElement.prototype.submit.call(form);
  };

  let waiting = null;
  const ask = async (mediation) => {
    if (waiting) waiting.abort();
    waiting = new AbortController();
    const request = { publicKey: options, signal: waiting.signal };
    if (mediation) request.mediation = mediation;
    const credential = get ? await credentials.get(request) : await credentials.create(request);
    if (!credential) return;
    field.value = answer(credential);
    send();
  };

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    const wanted = !form.elements.method || (button && button.name === "method" && button.value === "passkey");
    if (!wanted || field.value) return;
    event.preventDefault();
    // Refused or timed out: the form goes as it is, and the server's page says what happened.
    ask().catch((error) => { if (error.name !== "AbortError") send(); });
  });

  // The browser's own list under the user name, where it has one (conditional mediation).
  const conditional = PublicKeyCredential.isConditionalMediationAvailable;
  if (get && form.dataset.conditional !== undefined && conditional) {
    conditional.call(PublicKeyCredential).then((can) => can && ask("conditional")).catch(() => {});
  }
})();
