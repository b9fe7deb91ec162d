//! Another origin learns nothing but that somebody asks.

use super::operations::{Call, HOST, TOKEN, clients};
use crate::support::{
    all_text, quick,
    seam::{Answer, Seam, json},
};
use agent_threads_core::ErrorKind;
use agent_threads_octavus::Client;
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinHandle,
};

/// What says nothing about who asks.
const HARMLESS: [&str; 4] = ["accept", "accept-encoding", "last-event-id", "user-agent"];

fn moved(to: &str) -> Answer {
    let cookie = ("set-cookie", "session=MARKER-cookie; Path=/".to_owned());
    Answer::Full(307, vec![("location", to.to_owned()), cookie], String::new())
}

#[tokio::test]
async fn no_read_of_any_vendor_carries_a_credential_to_another_origin() {
    for elsewhere in ["https://evil.example/x", "https://api.example:8443/x", "//evil.example/x"] {
        let seam = Seam::new([]);
        for client in clients(&seam) {
            let reads = client.calls("id-1").into_iter().filter(|call| call.method() == "GET");
            for Call { name, sent, .. } in reads {
                seam.play([moved(elsewhere), json(404, "{}")]);
                let before = seam.sent().len();
                let error = sent.await.unwrap_err();
                if error.kind() == ErrorKind::InvalidRequest {
                    assert_eq!(client.name, "mosoo", "only its other dialect has {name}");
                    continue;
                }
                let [first, second] = &seam.sent()[before..] else { panic!("{name}") };
                assert!(first.headers["authorization"].to_str().unwrap().len() > 6, "{name}");
                assert!(!second.url.starts_with(&format!("{HOST}/")), "{}", second.url);
                for header in second.headers.keys() {
                    assert!(HARMLESS.contains(&header.as_str()), "{name}: {header}");
                }
            }
        }
    }
}

#[tokio::test]
async fn no_request_that_may_change_something_is_sent_to_where_it_is_redirected() {
    let seam = Seam::new([]);
    for client in clients(&seam) {
        let changes = client.calls("id-1").into_iter().filter(|call| call.method() != "GET");
        for Call { name, sent, .. } in changes {
            seam.play([moved("https://api.example/elsewhere")]);
            let before = seam.sent().len();
            let error = sent.await.unwrap_err();
            if error.kind() == ErrorKind::InvalidRequest {
                assert_eq!(client.name, "mosoo", "only its other dialect has {name}");
                continue;
            }
            assert_eq!((error.kind(), seam.sent().len() - before), (ErrorKind::Redirect, 1));
        }
    }
}

#[tokio::test]
async fn a_redirect_is_never_followed_from_https_to_http_nor_with_a_password() {
    for bad in [
        "http://api.example/",
        "http://127.0.0.1:80/latest/meta-data",
        "http://[::1]/",
        "http://localhost/",
        "http://2130706433/",
        "https://user:MARKER-pw@api.example/",
        "https://MARKER-pw@evil.example/",
        "https://:MARKER-pw@evil.example/",
    ] {
        let seam = Seam::new([moved(bad), json(404, "{}")]);
        let client: Client = super::operations::ready(&seam).build().unwrap();
        let error = client.get_agent("a").await.unwrap_err();
        assert_eq!((error.kind(), seam.sent().len()), (ErrorKind::Redirect, 1), "{bad}");
        assert!(!all_text(&error).contains("MARKER"), "{error:?}");
    }
}

/// A server that records the requests that it gets, and gives each the same answer.
struct Recorder {
    url: String,
    heads: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Recorder {
    async fn start(answer: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&heads);
        let task = tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    let Ok(byte) = connection.read_u8().await else { break };
                    head.push(byte);
                }
                log.lock().unwrap().push(String::from_utf8(head).unwrap());
                let _ = connection.write_all(answer.as_bytes()).await;
            }
        });
        Self { url, heads, task }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[tokio::test]
async fn on_the_wire_another_port_gets_neither_token_nor_cookie_nor_referer() {
    let none = "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
    let other = Recorder::start(none.to_owned()).await;
    let answer = format!(
        "HTTP/1.1 302 Found\r\nlocation: {}/x\r\nset-cookie: MARKER=cookie\r\ncontent-length: 0\r\n\
         connection: close\r\n\r\n",
        other.url
    );
    let first = Recorder::start(answer).await;
    let builder =
        Client::builder().base_url(&first.url).token(TOKEN).header("x-gateway", "MARKER-header");
    let error = quick(builder).get_agent("MARKER-id").await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 404);
    assert!(first.heads()[0].contains(TOKEN));
    let [head] = &other.heads()[..] else { panic!("{:?}", other.heads()) };
    assert!(head.starts_with("GET /x HTTP/1.1\r\n"), "{head}");
    assert!(!head.contains("MARKER"), "{head}");
    for absent in ["authorization", "cookie", "referer", "x-octavus"] {
        assert!(!head.to_ascii_lowercase().contains(absent), "{head}");
    }
}
