//! Streams without a last event: a mark that the server ends them, and no stream at all.

use super::*;

/// Events of which none is the last.
#[derive(Debug)]
struct Chunk(Said);

impl StreamEvent for Chunk {
    const TERMINAL: &'static [&'static str] = &[];
    const KEEPALIVE: &'static [&'static str] = &[];
    const DONE: Option<&'static str> = Some("[DONE]");

    fn read(event: &crate::sse::Event<'_>) -> Reading<Self> {
        Some(Said::read(event)?.map(Self))
    }

    fn tag(&self) -> &str {
        self.0.tag()
    }
}

static FOLLOW: Operation = Operation { may_have_no_stream: true, ..GET };

fn chunks(script: &Script) -> EventStream<Chunk> {
    script.core(|settings| settings).events(&FOLLOW, Ok(request("GET")))
}

async fn tags(mut stream: EventStream<Chunk>) -> Vec<String> {
    let mut tags = Vec::new();
    while let Some(item) = stream.next().await {
        tags.push(match item {
            Ok(chunk) => chunk.tag().to_owned(),
            Err(error) => format!("{:?}", error.kind()),
        });
    }
    tags
}

#[tokio::test(start_paused = true)]
async fn the_mark_ends_the_stream_although_the_connection_stays_open() {
    let parts = vec![text(words(1..=1)), text("data: [DONE]\n\n"), text(words(2..=2)), Part::Hangs];
    let script = Script::new([Answer::Stream(parts)]);
    assert_eq!(tags(chunks(&script)).await, ["word"]);
    assert_eq!(script.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_body_is_an_end_too_and_no_event_is_one() {
    let script = Script::new([Answer::Stream(vec![text(DONE), text(words(1..=1))])]);
    assert_eq!(tags(chunks(&script)).await, ["done", "word"]);
}

#[tokio::test(start_paused = true)]
async fn no_stream_to_be_had_is_told_before_and_after_and_not_asked_for_again() {
    let script = Script::new([Answer::Other(204, "text/plain", "")]);
    let error = chunks(&script).opened().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NothingToStream);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(204));
    assert!(error.to_string().contains("read its state instead"), "{error}");
    assert!(!error.is_retryable());
    assert_eq!(tags(chunks(&script)).await, ["NothingToStream"]);
    assert_eq!(script.sent().len(), 2);
}
