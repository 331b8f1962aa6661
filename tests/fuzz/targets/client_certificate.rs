//! A client's certificate, from TLS or from a proxy's header.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| uaa_token::fuzz_certificate(bytes));
