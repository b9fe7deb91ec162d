//! A server that reads what it is sent and never answers.

use crate::server::client;
use acme_agents::Client;
use std::io::Read;
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

pub(crate) struct Sink {
    url: String,
    thread: JoinHandle<Vec<String>>,
}

impl Sink {
    /// Takes a connection for each of these, and closes it after so many bytes; if the client closes it before, then.
    pub(crate) fn start<const N: usize>(limits: [u64; N]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let read = move |limit| {
            let (connection, _) = listener.accept().unwrap();
            let mut text = Vec::new();
            // A client that breaks off may reset the connection; what came before counts.
            let _reset = connection.take(limit).read_to_end(&mut text);
            String::from_utf8(text).unwrap()
        };
        Self { url, thread: thread::spawn(move || limits.into_iter().map(read).collect()) }
    }

    pub(crate) fn client(&self) -> Client {
        client(self.url.clone())
    }

    /// What came over each connection.
    pub(crate) fn texts(self) -> Vec<String> {
        self.thread.join().unwrap()
    }
}
