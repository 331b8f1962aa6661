//! What a browser answers for a passkey.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| uaa_directory::fuzz_passkey(bytes));
