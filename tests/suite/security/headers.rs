//! A value is one header, or it is refused; what is refused is not shown.

use super::operations::{TOKEN, ready};
use crate::support::{
    all_text,
    seam::{Answer, Seam, json},
};
use agent_threads_core::{Error, ErrorKind, codegen::VendorClient};
use agent_threads_octavus::types::DispatchThread;

/// What would end a header, begin another, or is no text of one.
const BAD: [&str; 7] = [
    "MARKER\r\nX-Evil: 1",
    "MARKER\nX-Evil: 1",
    "MARKER\rX-Evil: 1",
    "MARKER\0",
    "MARKER\u{7f}",
    "MARKER\u{1}",
    "MARKER\u{e9}\r\n\r\nGET / HTTP/1.1",
];

fn seam() -> Seam {
    Seam::new([json(404, "{}")])
}

fn is_refused(result: Result<(), Error>, what: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{what}");
    assert!(!all_text(&error).contains("MARKER"), "{what}: {error:?}");
}

fn refuses_bad_headers<C: VendorClient>() {
    let seam = seam();
    for bad in BAD {
        let builder = || ready::<C>(&seam);
        is_refused(builder().token(format!("{TOKEN}{bad}")).build().map(drop), "token");
        is_refused(builder().user_agent(bad).build().map(drop), "user agent");
        is_refused(builder().header("x-gateway", bad).build().map(drop), "value");
        // A name may be shown: it is no secret, and has to be found.
        let error = builder().header(bad, "MARKER").build().map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!error.to_string().contains(char::is_control), "{error:?}");
    }
    assert!(seam.sent().is_empty());
}

#[test]
fn what_a_client_is_built_with_adds_no_header() {
    refuses_bad_headers::<agent_threads_octavus::Client>();
    refuses_bad_headers::<agent_threads_modus::Client>();
    refuses_bad_headers::<agent_threads_middesk::Client>();
    refuses_bad_headers::<agent_threads_mosoo::Client>();
    refuses_bad_headers::<agent_threads_deco_studio::Client>();
}

#[tokio::test]
async fn an_idempotency_key_adds_no_header() {
    let seam = seam();
    let octavus: agent_threads_octavus::Client = ready(&seam).build().unwrap();
    let modus: agent_threads_modus::Client = ready(&seam).build().unwrap();
    for bad in BAD {
        let dispatch = octavus.dispatch_thread("a", DispatchThread::new("hi"));
        let run = agent_threads_modus::types::ModusRunCreate::new("hi", "s");
        for error in [
            dispatch.idempotency_key(bad).await.unwrap_err(),
            modus.create_modus_run(run).idempotency_key(bad).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{bad:?}");
            assert!(!all_text(&error).contains("MARKER"), "{error:?}");
        }
    }
    assert!(seam.sent().is_empty());
}

#[tokio::test]
async fn the_id_of_the_last_event_adds_no_header() {
    let seam = seam();
    let client: agent_threads_modus::Client = ready(&seam).build().unwrap();
    for bad in BAD {
        let mut events = client.watch_run("r").last_event_id(bad).events();
        let error = futures::StreamExt::next(&mut events).await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{bad:?}");
        let mut handle = agent_threads_modus::Handle::new("r");
        handle.last_event_id = bad.to_owned();
        let error = client.attach(handle).next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{bad:?}");
        assert!(!error.to_string().contains(char::is_control), "{error:?}");
    }
    assert!(seam.sent().is_empty());
}

/// A server names its events as it likes. What of that cannot be sent back ends the stream, and no request carries it.
#[tokio::test]
async fn an_id_that_a_server_gives_an_event_adds_no_header() {
    for id in ["a\u{1}b", "a\u{7f}b"] {
        let event = format!("id: {id}\ndata: {{\"type\":\"token\",\"content\":\"x\"}}\n\n");
        let headers = vec![("content-type", "text/event-stream".to_owned())];
        let seam = Seam::new([Answer::Full(200, headers, event)]);
        let client: agent_threads_modus::Client = ready(&seam).build().unwrap();
        let mut run = client.attach(agent_threads_modus::Handle::new("r"));
        run.next().await.unwrap().unwrap();
        let error = run.next().await.unwrap().unwrap_err();
        assert_eq!(seam.sent().len(), 1, "{id:?}: {error}");
        assert!(!error.to_string().contains(char::is_control), "{error:?}");
    }
}
