//! Compressed answers over a socket: whether they are read, and that a small one never becomes a large one.

use crate::{
    ClientBuilder, Error, RetryPolicy, Settings,
    call::Core,
    testing::{Acme, GET},
};
use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread::{self, JoinHandle},
};

/// `{"threadId":"t"}`, as Python's `gzip.compress` writes it.
const SMALL: [u8; 36] = [
    0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0xab, 0x56, 0x2a, 0xc9, 0x28, 0x4a, 0x4d, 0x4c, 0xf1, 0x4c,
    0x51, 0xb2, 0x52, 0x2a, 0x51, 0xaa, 5, 0, 0xd6, 0xaa, 0x35, 0, 0x10, 0, 0, 0,
];

/// How much a bomb has on the wire. Unpacked it is 159 times as much, which is 10 GiB.
const WIRE: usize = 66 << 20;

/// The head of a file of gzip (RFC 1952), and a block of fixed codes (RFC 1951, section 3.2.6) that begins with `x`.
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn push(&mut self, bit: bool) {
        if self.used.is_multiple_of(8) {
            self.bytes.push(0);
        }
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(bit) << (self.used % 8);
        }
        self.used += 1;
    }

    /// A code stands with its highest bit first.
    fn code(&mut self, code: u32, length: u32) {
        (0..length).rev().for_each(|at| self.push(code >> at & 1 == 1));
    }

    /// The byte before, 258 times: code 285, distance 1.
    fn again(&mut self) {
        self.code(0b1100_0101, 8);
        self.code(0, 5);
    }
}

/// The beginning, and about a mebibyte that can follow it as often as it likes: one byte 258 times in each 13 bits.
fn bomb() -> [Vec<u8>; 2] {
    let mut first = Bits { bytes: vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff], used: 0 };
    [false, true, false].into_iter().for_each(|bit| first.push(bit));
    first.code(0x30 + u32::from(b'x'), 8);
    first.again();
    let mut rest = Bits { bytes: Vec::new(), used: 0 };
    (0..8).for_each(|_| rest.again());
    assert!(first.used == 24 && rest.used == 8 * 13, "both end with a byte");
    [first.bytes, rest.bytes.repeat((1 << 20) / 13)]
}

/// A server of one request: answers with this head and then bytes until nobody wants more or there are no more. Tells the
/// head of the request, and how many bytes of its body were taken.
fn serve(head: &str, [first, rest]: [Vec<u8>; 2]) -> (String, JoinHandle<(String, usize)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let head = format!("HTTP/1.1 {head}\r\nconnection: close\r\n\r\n");
    let thread = thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut byte = [0];
        while !request.ends_with(b"\r\n\r\n") && connection.read(&mut byte).unwrap() == 1 {
            request.push(byte[0]);
        }
        let mut taken = 0;
        if connection.write_all(&[head.as_bytes(), &first].concat()).is_ok() {
            while !rest.is_empty() && taken < WIRE && connection.write_all(&rest).is_ok() {
                taken += rest.len();
            }
        }
        (String::from_utf8(request).unwrap(), taken)
    });
    (url, thread)
}

/// What the server has seen, once it is done. Meanwhile the runtime closes connections.
async fn seen(server: JoinHandle<(String, usize)>) -> (String, usize) {
    tokio::task::spawn_blocking(|| server.join().unwrap()).await.unwrap()
}

fn core(url: &str) -> Core {
    let settings = |settings: Settings| settings.max_body_bytes(1 << 20);
    let builder = ClientBuilder::<Acme>::new().token("t").base_url(url).settings(settings);
    let Acme(core) = builder.retry(RetryPolicy::never()).build().unwrap();
    core
}

fn get(core: &Core) -> Result<reqwest::Request, Error> {
    Ok(core.http().get(core.base_url(&GET)).build().unwrap())
}

const JSON: &str = "200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip";

#[cfg(not(feature = "gzip"))]
mod without_gzip {
    use super::*;
    use crate::ErrorKind;

    #[tokio::test]
    async fn nothing_is_asked_for_compressed_and_what_comes_so_is_not_unpacked() {
        let (url, server) = serve(JSON, [SMALL.to_vec(), Vec::new()]);
        let core = core(&url);
        let answer = core.call(&GET, get(&core)).await.unwrap();
        assert_eq!(answer.raw()[..], SMALL);
        let error = answer.decode::<serde_json::Value>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        let (request, _) = seen(server).await;
        assert!(!request.to_ascii_lowercase().contains("accept-encoding"), "{request}");
    }

    #[tokio::test]
    async fn a_bomb_is_no_larger_than_it_is_on_the_wire() {
        let (url, server) = serve(JSON, bomb());
        let core = core(&url);
        let error = core.call(&GET, get(&core)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
        assert!(seen(server).await.1 < WIRE);
    }
}

#[cfg(feature = "gzip")]
mod with_gzip {
    use super::*;
    use crate::{
        ErrorKind,
        codegen::{Reading, StreamEvent},
        sse,
    };

    #[tokio::test]
    async fn gzip_is_asked_for_and_unpacked() {
        let (url, server) = serve(JSON, [SMALL.to_vec(), Vec::new()]);
        let core = core(&url);
        let answer = core.call(&GET, get(&core)).await.unwrap();
        assert_eq!(answer.raw(), r#"{"threadId":"t"}"#);
        let (request, _) = seen(server).await;
        assert!(
            request.to_ascii_lowercase().contains("\r\naccept-encoding: gzip\r\n"),
            "{request}"
        );
    }

    #[tokio::test]
    async fn the_cap_of_a_body_counts_what_is_unpacked() {
        let (url, server) = serve(JSON, bomb());
        let core = core(&url);
        let error = core.call(&GET, get(&core)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
        assert!(seen(server).await.1 < WIRE, "it was not read to its end");
    }

    #[tokio::test]
    async fn of_an_error_no_more_is_unpacked_than_is_kept() {
        let head = JSON.replace("200 OK", "500 Oh");
        let (url, server) = serve(&head, bomb());
        let core = core(&url);
        let error = core.call(&GET, get(&core)).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), 500);
        assert_eq!(error.raw_body().unwrap()[..], vec![b'x'; 256 << 10]);
        drop(error);
        assert!(seen(server).await.1 < WIRE);
    }

    #[tokio::test]
    async fn the_cap_of_a_download_counts_what_is_unpacked() {
        let (url, server) = serve(JSON, bomb());
        let core = core(&url);
        let download = core.download(&GET, get(&core)).await.unwrap();
        let error = download.bytes(1 << 20).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
        assert!(seen(server).await.1 < WIRE);
    }

    struct Any;

    impl StreamEvent for Any {
        const TERMINAL: &'static [&'static str] = &[];
        const KEEPALIVE: &'static [&'static str] = &[];

        fn read(_: &sse::Event<'_>) -> Reading<Self> {
            None
        }

        fn tag(&self) -> &str {
            ""
        }
    }

    #[tokio::test]
    async fn the_cap_of_an_event_counts_what_is_unpacked() {
        let head = JSON.replace("application/json", "text/event-stream");
        let (url, server) = serve(&head, bomb());
        let limits = sse::Limits { line: 1 << 20, event: 1 << 20 };
        let core = core(&url).with(|settings| settings.sse_limits(limits));
        let mut events = core.events::<Any>(&GET, get(&core));
        let error = events.next().await.unwrap().err().unwrap();
        assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
        drop(events);
        assert!(seen(server).await.1 < WIRE);
    }
}
