//! The form of the token endpoint.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| uaa_oauth::fuzz_form(bytes));
