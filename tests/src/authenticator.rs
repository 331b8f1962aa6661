//! A device that holds a passkey (Web Authentication Level 3, sections 6.1 and 6.5), and what a browser makes of its answers.

use crate::Page;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uaa_token::digest;

/// A device with one passkey.
#[derive(Debug)]
pub struct Authenticator {
    key: EcdsaKeyPair,
    id: [u8; 32],
    user: String,
    /// How often it has signed; a copy of it would not know.
    pub counter: u32,
    /// Whether it verifies its owner.
    pub verifies: bool,
    /// Where the browser stands.
    pub origin: String,
}

impl Authenticator {
    /// A new one, at a browser that stands at this site.
    ///
    /// # Panics
    /// When no key can be made.
    pub fn at(origin: &str) -> Authenticator {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        let mut id = [0; 32];
        id.copy_from_slice(&key.public_key().as_ref()[1..33]);
        Authenticator { key, id, user: String::new(), counter: 0, verifies: true, origin: origin.to_owned() }
    }

    /// What the page's form carries as `credential`: the key is made, and kept with the person's handle.
    ///
    /// # Panics
    /// When the page asks for nothing.
    pub fn make(&mut self, page: &Page) -> String {
        let options = asked(page);
        self.user = options["user"]["id"].as_str().expect("a handle").to_owned();
        let point = self.key.public_key().as_ref();
        let mut attested = self.data(&options["rp"]["id"], 0x40);
        attested.extend([0; 16]);
        attested.extend([0, 32]);
        attested.extend(self.id);
        // COSE_Key: EC2, ES256, P-256.
        attested.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        attested.extend(&point[1..33]);
        attested.extend([0x22, 0x58, 0x20]);
        attested.extend(&point[33..65]);
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": …}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(attested.len()).expect("it is short"));
        object.extend(attested);
        let said = self.said("webauthn.create", &options);
        self.wrapped(json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(said),
            "attestationObject": URL_SAFE_NO_PAD.encode(object),
            "transports": ["internal"],
        }))
    }

    /// What the page's form carries as `assertion`: the challenge is signed.
    ///
    /// # Panics
    /// When the page asks for nothing.
    pub fn answer(&mut self, page: &Page) -> String {
        let options = asked(page);
        self.counter += 1;
        let data = self.data(&options["rpId"], 0);
        let said = self.said("webauthn.get", &options);
        let signed = [data.as_slice(), &digest(&said)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).expect("it signs");
        self.wrapped(json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(said),
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "signature": URL_SAFE_NO_PAD.encode(signature),
            "userHandle": self.user,
        }))
    }

    /// Whether the page asks for this one by its name.
    ///
    /// # Panics
    /// When the page asks for nothing.
    pub fn is_asked_for(&self, page: &Page) -> bool {
        let options = asked(page);
        let id = URL_SAFE_NO_PAD.encode(self.id);
        let mut all = options["allowCredentials"].as_array().into_iter().flatten();
        // A browser takes no `null`.
        all.any(|one| one["id"] == id.as_str() && one.get("transports").is_none_or(Value::is_array))
    }

    fn data(&self, site: &Value, more: u8) -> Vec<u8> {
        let mut data = digest(site.as_str().expect("a site")).to_vec();
        data.push(1 | if self.verifies { 4 } else { 0 } | more);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn said(&self, what: &str, options: &Value) -> String {
        json!({"type": what, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false})
            .to_string()
    }

    fn wrapped(&self, response: Value) -> String {
        let id = URL_SAFE_NO_PAD.encode(self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {}, "response": response})
            .to_string()
    }
}

fn asked(page: &Page) -> Value {
    let options = page.attribute("form[data-passkey]", "data-options");
    serde_json::from_str(&options).expect("options")
}
