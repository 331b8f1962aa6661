//! A signed authorization request.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| uaa_token::fuzz_request_object(bytes));
