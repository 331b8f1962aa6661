//! Something encrypted, and keys to encrypt to.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| uaa_token::fuzz_jwe(bytes));
