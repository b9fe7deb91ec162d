//! One stream in all its forms.

use agent_threads_sandbox::modus::{Script, Target};
use agent_threads_sandbox::sse::{Delivery, LineEnd, StreamFault};

use super::caller::{Caller, opened, read_exactly, whole};

#[tokio::test]
async fn line_ends_spaces_and_the_byte_order_mark_are_as_set() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("Hello").without_thread_id());
    caller.create("abc-123").await;
    for (delivery, begin, end) in [
        (Delivery::new(), "id: 1717000000000-0\ndata: {", "}\n\n"),
        (Delivery::new().line_end(LineEnd::Cr), "id: 1717000000000-0\rdata: {", "}\r\r"),
        (Delivery::new().line_end(LineEnd::CrLf), "id: 1717000000000-0\r\ndata: {", "}\r\n\r\n"),
        (Delivery::new().without_spaces(), "id:1717000000000-0\ndata:{", "}\n\n"),
        (Delivery::new().bom(), "\u{feff}id: 1717000000000-0\ndata: {", "}\n\n"),
    ] {
        caller.modus.set_delivery(delivery);
        let stream = whole(caller.watching("abc-123")).await;
        assert_eq!(stream, caller.wire("abc-123"));
        let text = std::str::from_utf8(&stream).unwrap();
        assert!(text.starts_with(begin) && text.ends_with(end), "{text:?}");
    }
}

#[tokio::test]
async fn chunks_are_frames_or_as_long_as_set() {
    let caller = Caller::start().await;
    caller.modus.next_run(Script::reply("one two three"));
    caller.create("run").await;
    let wire = caller.wire("run");
    let by_frame = caller.exchange_watch("run").await;
    assert_eq!(by_frame.chunks.len(), 4);
    assert!(by_frame.chunks.iter().all(|chunk| chunk.ends_with(b"\n\n")));
    for size in [1, 2, 7, 64, usize::MAX] {
        caller.modus.set_delivery(Delivery::new().chunks_of(size));
        let answer = caller.exchange_watch("run").await;
        assert!(answer.complete);
        assert_eq!(answer.body(), wire);
        let (last, others) = answer.chunks.split_last().unwrap();
        assert!(others.iter().all(|chunk| chunk.len() == size) && last.len() <= size);
    }
}

#[tokio::test]
async fn a_chunk_does_not_wait_for_what_is_held() {
    let caller = Caller::start().await;
    caller.modus.set_delivery(Delivery::new().chunks_of(1000));
    caller.modus.next_run(Script::reply("a").hold().breaks_off());
    let mut stream = opened(caller.creating("run")).await;
    read_exactly(&mut stream, &caller.wire("run")).await;
    caller.modus.run("run").unwrap().release(1);
    assert_eq!(stream.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn one_answer_can_have_a_form_of_its_own() {
    let caller = Caller::start().await;
    let usual = caller.create("run").await;
    let fault = StreamFault::new().delivered(Delivery::new().line_end(LineEnd::Cr));
    caller.modus.fault(Target::StreamRun, fault);
    assert_eq!(
        whole(caller.watching("run")).await,
        String::from_utf8_lossy(&usual).replace('\n', "\r")
    );
    assert_eq!(whole(caller.watching("run")).await, usual);
}
