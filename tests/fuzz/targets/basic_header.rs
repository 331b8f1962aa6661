//! The header `Authorization`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| uaa_plugin::fuzz_basic(bytes));
