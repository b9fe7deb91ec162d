//! Connections that break, on raw TCP.

use crate::support::{quick, tcp::Raw};
use agent_threads_octavus::{Client, ErrorKind};

const WHOLE: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 55\r\n\r\n\
    {\"threadId\":\"t1\",\"status\":\"completed\",\"messages\":[]}    ";

fn client(server: &Raw) -> Client {
    quick(Client::builder().base_url(server.url()).token("t"))
}

/// Answers that break off, each in another place.
const BROKEN: [&str; 6] = [
    "",
    "HTTP/1.1 20",
    "HTTP/1.1 200 OK\r\ncontent-le",
    "HTTP/1.1 200 OK\r\ncontent-length: 55\r\n\r\n",
    "HTTP/1.1 200 OK\r\ncontent-length: 55\r\n\r\n{\"threadId\":",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nb\r\n{\"threadId\"\r\n",
];

#[tokio::test]
async fn a_read_whose_answer_breaks_off_is_made_again() {
    for broken in BROKEN {
        let server = Raw::start(&[broken, WHOLE]).await;
        client(&server).get_thread("a", "t1").await.unwrap();
        assert_eq!(server.requests(), 2, "{broken:?}");
    }
}

#[tokio::test]
async fn a_dispatch_whose_answer_breaks_off_is_not_made_again() {
    for broken in BROKEN {
        let server = Raw::start(&[broken, WHOLE]).await;
        let error = client(&server).dispatch("a", "task").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{broken:?}");
        assert_eq!((server.requests(), error.attempts()), (1, 1), "{broken:?}");
    }
}

#[tokio::test]
async fn an_answer_that_only_the_closing_ends_is_not_complete_until_its_json_is() {
    let server = Raw::start(&["HTTP/1.1 200 OK\r\n\r\n{\"threadId\":\"t1\""]).await;
    let error = client(&server).get_thread("a", "t1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.is_retryable(), "{error}");
}

#[tokio::test]
async fn what_is_no_http_is_an_error() {
    for nonsense in ["SSH-2.0-OpenSSH_9.2\r\n", "\0\0\0\0", "HTTP/1.1 999999 \r\n\r\n"] {
        let server = Raw::start(&[nonsense]).await;
        let error = client(&server).get_thread("a", "t1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{nonsense:?}");
    }
}

#[tokio::test]
async fn an_error_body_that_breaks_off_keeps_its_status() {
    let cut = "HTTP/1.1 402 Payment Required\r\ncontent-length: 500\r\n\r\n{\"error\":\"lim";
    let server = Raw::start(&[cut]).await;
    let error = client(&server).dispatch("a", "task").await.unwrap_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Status, 402));
}

#[tokio::test]
async fn a_server_that_is_not_there_gets_every_attempt() {
    let gone = Raw::start(&[WHOLE]).await.url().to_owned();
    // The port is free again once its task has been dropped.
    tokio::task::yield_now().await;
    let client = quick(Client::builder().base_url(gone).token("t"));
    let error = client.dispatch("a", "task").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 4));
}
