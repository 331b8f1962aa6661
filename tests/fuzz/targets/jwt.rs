//! Tokens, claims, key sets: whatever of a JWT comes from outside.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| uaa_token::fuzz_decode(bytes));
