//! What a proxy sees, and what an origin sees of a proxy. Each scenario runs in a process of its own, whose environment
//! names the proxy.

use crate::{config::in_environment, support::quick};
use agent_threads_octavus::Client;
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread::{self, JoinHandle},
};

const TOKEN: &str = "oct_agt_MARKER-token";

fn read_head(connection: &TcpStream) -> String {
    let mut reader = BufReader::new(connection);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
    head
}

/// Takes one connection, answers its first request, and tells that and the bytes that follow, up to 64.
fn one_exchange(answer: &'static str) -> (String, JoinHandle<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("127.0.0.1:{}", listener.local_addr().unwrap().port());
    let thread = thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let head = read_head(&connection);
        connection.write_all(answer.as_bytes()).unwrap();
        let mut rest = Vec::new();
        let _ = (&mut connection).take(64).read_to_end(&mut rest);
        (head, rest)
    });
    (url, thread)
}

#[test]
fn an_https_request_goes_through_a_proxy_as_a_tunnel_and_shows_it_nothing() {
    let (proxy, seen) = one_exchange("HTTP/1.1 200 Connection established\r\n\r\n");
    let proxy = format!("http://proxy-user:proxy-password@{proxy}");
    in_environment("security::proxies::child_behind_a_tunnel", &[("HTTPS_PROXY", &proxy)]);
    let (head, rest) = seen.join().unwrap();
    assert!(head.starts_with("CONNECT api.example:443 HTTP/1.1\r\n"), "{head}");
    // Its own credentials it gets, and nothing of ours.
    assert!(head.to_ascii_lowercase().contains("\r\nproxy-authorization: basic "), "{head}");
    for ours in ["MARKER", "\r\nauthorization", "octavus", "/api/"] {
        assert!(!head.contains(ours), "{head}");
    }
    // RFC 8446, section 5.1: what follows is a TLS handshake.
    assert_eq!(rest.first(), Some(&0x16), "{rest:?}");
}

#[tokio::test]
#[ignore = "run by an_https_request_goes_through_a_proxy_as_a_tunnel_and_shows_it_nothing in a process of its own"]
async fn child_behind_a_tunnel() {
    let builder = Client::builder().base_url("https://api.example").token(TOKEN);
    let builder = builder.retry(agent_threads_octavus::RetryPolicy::never());
    let error = builder.build().unwrap().get_agent("MARKER-id").await.unwrap_err();
    let text = crate::support::all_text(&error);
    assert!(!text.contains("MARKER") && !text.contains("proxy-password"), "{text}");
}

#[test]
fn a_proxy_that_refuses_the_tunnel_ends_the_call_and_is_not_passed_over() {
    let (proxy, seen) =
        one_exchange("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
    let proxy = format!("http://proxy-user:proxy-password@{proxy}");
    in_environment("security::proxies::child_behind_a_tunnel", &[("HTTPS_PROXY", &proxy)]);
    let (_, rest) = seen.join().unwrap();
    assert!(rest.is_empty(), "{rest:?}");
}

#[test]
fn a_loopback_server_is_asked_directly_and_learns_nothing_of_the_proxy() {
    let answer = "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
    let (origin, seen) = one_exchange(answer);
    let base = format!("http://{origin}");
    let proxy = "http://proxy-user:proxy-password@127.0.0.1:1";
    let proxies = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"];
    let mut environment: Vec<_> = proxies.into_iter().map(|name| (name, proxy)).collect();
    environment.push(("OCTAVUS_BASE_URL", &base));
    in_environment("security::proxies::child_of_a_loopback_server", &environment);
    let (head, _) = seen.join().unwrap();
    assert!(head.starts_with("GET /api/v1/workforce/agents/a HTTP/1.1\r\n"), "{head}");
    assert!(head.contains(TOKEN), "{head}");
    assert!(!head.to_ascii_lowercase().contains("proxy"), "{head}");
}

#[tokio::test]
#[ignore = "run by a_loopback_server_is_asked_directly_and_learns_nothing_of_the_proxy in a process of its own"]
async fn child_of_a_loopback_server() {
    let base = std::env::var("OCTAVUS_BASE_URL").unwrap();
    let client = quick(Client::builder().base_url(base).token(TOKEN));
    assert_eq!(client.get_agent("a").await.unwrap_err().status().unwrap().as_u16(), 404);
}

/// Plain http beyond loopback is what a caller must ask for; a proxy then sees what every router on the way sees.
#[test]
fn only_a_caller_who_allows_plain_http_shows_the_token_to_a_proxy() {
    let refused = Client::builder().base_url("http://api.example").token(TOKEN).build();
    assert_eq!(refused.unwrap_err().kind(), agent_threads_octavus::ErrorKind::Config);
    let answer = "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
    let (proxy, seen) = one_exchange(answer);
    let proxy = format!("http://{proxy}");
    in_environment("security::proxies::child_that_allows_http", &[("HTTP_PROXY", &proxy)]);
    let (head, _) = seen.join().unwrap();
    assert!(head.starts_with("GET http://api.example/api/v1/workforce/agents/a"), "{head}");
    assert!(head.contains(TOKEN), "{head}");
}

#[tokio::test]
#[ignore = "run by only_a_caller_who_allows_plain_http_shows_the_token_to_a_proxy in a process of its own"]
async fn child_that_allows_http() {
    let builder = Client::builder().base_url("http://api.example").token(TOKEN).allow_http(true);
    assert_eq!(quick(builder).get_agent("a").await.unwrap_err().status().unwrap().as_u16(), 404);
}
