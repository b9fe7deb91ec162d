//! A server that speaks bytes, for connections that break where no HTTP library would break them.

use crate::server::{EVENT_STREAM, Seen, client};
use acme_agents::Client;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

pub(crate) struct Wire {
    address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// How a connection ends.
#[derive(Clone, Copy)]
pub(crate) enum End {
    /// As HTTP has it, after the whole body.
    Clean,
    /// In the middle of the body.
    Cut,
}

impl Wire {
    /// Begins a stream of events with each of these texts, one for each connection.
    pub(crate) fn streaming<const N: usize>(streams: [(&'static str, End); N]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&seen);
        thread::spawn(move || {
            for (text, end) in streams {
                let Ok((connection, _)) = listener.accept() else { return };
                let _gone = serve(connection, text, end, &keep);
            }
        });
        Self { address, seen }
    }

    /// Writes these bytes, one after the other for each connection, and closes it.
    pub(crate) fn answering<const N: usize>(answers: [Vec<u8>; N]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&seen);
        thread::spawn(move || {
            for answer in answers {
                let Ok((mut connection, _)) = listener.accept() else { return };
                let Ok(copy) = connection.try_clone() else { return };
                let Ok(request) = read(&mut BufReader::new(copy)) else { return };
                keep.lock().unwrap().push(request);
                let _gone = connection.write_all(&answer);
            }
        });
        Self { address, seen }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn client(&self) -> Client {
        client(self.url())
    }

    /// The requests that came, first to last.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(
    mut connection: TcpStream,
    text: &str,
    end: End,
    seen: &Mutex<Vec<Seen>>,
) -> std::io::Result<()> {
    let request = read(&mut BufReader::new(connection.try_clone()?))?;
    seen.lock().unwrap().push(request);
    write!(
        connection,
        "HTTP/1.1 200 OK\r\ncontent-type: {EVENT_STREAM}\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
    )?;
    if !text.is_empty() {
        write!(connection, "{:x}\r\n{text}\r\n", text.len())?;
    }
    match end {
        End::Clean => write!(connection, "0\r\n\r\n"),
        End::Cut => Ok(()),
    }
}

fn read(from: &mut impl BufRead) -> std::io::Result<Seen> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        from.read_line(&mut line)?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let headers: Vec<_> = lines
        .iter()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let mut body = String::new();
    from.take(length.map_or(0, |(_, n)| n.parse().unwrap())).read_to_string(&mut body)?;
    let line = lines[0].trim_end_matches(" HTTP/1.1").to_owned();
    Ok(Seen { line, headers, body })
}
