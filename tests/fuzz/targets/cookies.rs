//! The cookies of a browser.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| uaa_directory::cookie::fuzz_cookie(bytes));
