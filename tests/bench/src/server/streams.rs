//! Streams of events that trickle.

use std::{
    io,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, sync::watch, time::timeout};

/// The time between two events of a stream.
const PAUSE: Duration = Duration::from_secs(1);

const HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

/// All streams of a server. They go on until they are to finish.
pub(super) struct Streams {
    sent: AtomicUsize,
    finished: watch::Sender<bool>,
    open: watch::Sender<usize>,
}

impl Default for Streams {
    fn default() -> Self {
        let sent = AtomicUsize::new(0);
        Self { sent, finished: watch::Sender::new(false), open: watch::Sender::new(0) }
    }
}

impl Streams {
    /// Sends events until the streams are to finish, and then the last.
    pub(super) async fn send(&self, mut connection: TcpStream) -> io::Result<()> {
        let mut finished = self.finished.subscribe();
        self.open.send_modify(|open| *open += 1);
        connection.write_all(HEAD.as_bytes()).await?;
        let (mut number, mut ends) = (0, false);
        while !ends {
            self.event(&mut connection, number, r#"{"type":"token","content":" and then"}"#)
                .await?;
            number += 1;
            ends = timeout(PAUSE, finished.wait_for(|finished| *finished)).await.is_ok();
        }
        self.event(&mut connection, number, r#"{"type":"done","runId":"r1"}"#).await?;
        connection.write_all(b"0\r\n\r\n").await?;
        self.open.send_modify(|open| *open -= 1);
        Ok(())
    }

    async fn event(&self, connection: &mut TcpStream, number: usize, data: &str) -> io::Result<()> {
        let event = format!("id: {}-0\ndata: {data}\n\n", 1_717_000_000_000 + number);
        let chunk = format!("{:x}\r\n{event}\r\n", event.len());
        self.sent.fetch_add(1, Ordering::Relaxed);
        connection.write_all(chunk.as_bytes()).await
    }

    /// Ends all streams and returns how many events they were sent.
    pub(super) async fn finish(&self) -> usize {
        self.finished.send_replace(true);
        // The sender is part of this value, so that there is one to wait for.
        let _ = self.open.subscribe().wait_for(|open| *open == 0).await;
        self.sent.load(Ordering::Relaxed)
    }
}
