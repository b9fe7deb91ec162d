#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| agent_threads_properties::vendors::middesk(data));
