//! The filter of a SCIM list.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| scim::fuzz_filter(bytes));
