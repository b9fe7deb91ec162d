#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| agent_threads_properties::assembler::check(data));
