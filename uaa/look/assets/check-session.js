// Tells the page around this frame whether somebody else is signed in by now, or nobody: OpenID Connect Session Management 1.0
// section 3.2 at `session_management`, and UAA's older form at `session`, where an application names the person. Nothing is asked of
// the server: who is signed in stands in a cookie that this origin's scripts can read.
const asked = new URLSearchParams(location.search);
const client = asked.get("clientId");
const origin = asked.get("messageOrigin");
const byPerson = location.pathname.endsWith("/session");

function signedIn() {
  const held = document.cookie.split("; ").find((one) => one.startsWith("Current-User="));
  return held ? JSON.parse(decodeURIComponent(held.slice("Current-User=".length))) : {};
}

async function calculated(said, from, salt) {
  const text = `${said} ${from} ${signedIn().state ?? ""} ${salt}`;
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function answer(message, from) {
  const at = message.lastIndexOf(" ");
  const [said, last] = [message.slice(0, at), message.slice(at + 1)];
  const other = client !== null && (said !== client || from !== origin);
  if (at < 1 || last === "" || other) return "error";
  if (byPerson) return (signedIn().userId ?? "~") === last ? "unchanged" : "changed";
  const [hash, salt, more] = last.split(".");
  if (!hash || !salt || more !== undefined) return "error";
  return (await calculated(said, from, salt)) === hash ? "unchanged" : "changed";
}

addEventListener("message", async (event) => {
  // A page without an origin cannot be told anything that others could not hear.
  if (!event.source || event.origin === "null" || typeof event.data !== "string") return;
  const said = await answer(event.data, event.origin).catch(() => "error");
  event.source.postMessage(said, event.origin);
});
