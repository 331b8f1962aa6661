//! What somebody configures of an identity provider.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| uaa_directory::fuzz_provider(bytes));
