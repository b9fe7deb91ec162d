//! HTTP as bytes, for what an HTTP client hides.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer whose body is chunked, as far as it came.
pub(crate) struct Chunked {
    pub(crate) head: String,
    pub(crate) chunks: Vec<Vec<u8>>,
    /// Whether the body's end came.
    pub(crate) complete: bool,
}

impl Chunked {
    pub(crate) fn body(&self) -> Vec<u8> {
        self.chunks.concat()
    }
}

pub(crate) async fn connect(url: &str) -> TcpStream {
    TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap()
}

/// Sends bytes on a connection of their own and reads until the server closes it.
pub(crate) async fn exchange(url: &str, request: &str) -> Vec<u8> {
    let mut stream = connect(url).await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    answer
}

pub(crate) async fn exchange_chunked(url: &str, request: &str) -> Chunked {
    let answer = exchange(url, request).await;
    let end = find(&answer, b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    assert!(head.to_lowercase().contains("transfer-encoding: chunked"), "{head}");
    let (chunks, complete) = split_chunks(&answer[end..]);
    Chunked { head, chunks, complete }
}

fn split_chunks(mut rest: &[u8]) -> (Vec<Vec<u8>>, bool) {
    let mut chunks = Vec::new();
    while let Some(at) = find(rest, b"\r\n") {
        let size = std::str::from_utf8(&rest[..at]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        rest = &rest[at + 2..];
        if size == 0 {
            return (chunks, true);
        }
        chunks.push(rest[..size].to_vec());
        rest = &rest[size + 2..];
    }
    assert!(rest.is_empty(), "an unfinished chunk");
    (chunks, false)
}

fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len()).position(|window| window == pattern)
}
