//! A proof of possession.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| uaa_token::fuzz_proof(bytes));
