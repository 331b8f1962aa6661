//! The parameters of the authorization endpoint.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| uaa_oauth::fuzz_authorize(bytes));
