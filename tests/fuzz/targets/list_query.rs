//! The query of a Cloud Controller list.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| platform_cloud_controller::fuzz_list(bytes));
