//! The server that the calls of this program go to: another process, so that it costs the measured one nothing.

mod answers;
mod streams;

pub(crate) use answers::ITEMS;
use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    process::{Child, Command, ExitCode, Stdio},
    sync::Arc,
};
use streams::Streams;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};

/// The word by which this program is asked to be the server.
pub(crate) const CHILD: &str = "be-the-server";

/// How many connections may wait to be taken.
const BACKLOG: u32 = 4096;

/// The largest request: no contender sends one beyond it.
const MOST: usize = 64 << 10;

/// A server that ends with this value.
pub(crate) struct Server {
    process: Child,
    url: String,
}

impl Server {
    pub(crate) fn start() -> io::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(CHILD)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut port = String::new();
        let said = process.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        BufReader::new(said).read_line(&mut port)?;
        Ok(Self { process, url: format!("http://127.0.0.1:{}", port.trim()) })
    }

    /// Where it is, without a trailing slash.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The end of its input is the end of it.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Is the server until the input ends.
pub(crate) fn run() -> ExitCode {
    std::thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let served = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .and_then(|runtime| runtime.block_on(serve()));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("the server: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    let listener = socket.listen(BACKLOG)?;
    println!("{}", listener.local_addr()?.port());
    io::stdout().flush()?;
    let streams = Arc::new(Streams::default());
    loop {
        let (connection, _) = listener.accept().await?;
        connection.set_nodelay(true)?;
        let streams = streams.clone();
        // A connection that breaks off is its client's affair.
        tokio::spawn(async move { answer_all(connection, &streams).await });
    }
}

async fn answer_all(mut connection: TcpStream, streams: &Streams) -> io::Result<()> {
    let mut came = Vec::new();
    while let Some(target) = request(&mut connection, &mut came).await? {
        match target.as_str() {
            target if target.ends_with("/stream") => return streams.send(connection).await,
            "/finish" => {
                let sent = streams.finish().await.to_string();
                connection.write_all(&answers::json(&sent)).await?;
            }
            target => connection.write_all(&answers::to(target)).await?,
        }
    }
    Ok(())
}

/// Takes the next request with its body, and returns what it asks for; `None` where no other follows.
async fn request(connection: &mut TcpStream, came: &mut Vec<u8>) -> io::Result<Option<String>> {
    loop {
        if let Some(head) = came.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&came[..head]).into_owned();
            let length = head + 4 + body_length(&text);
            if came.len() >= length {
                came.drain(..length);
                return Ok(text.split(' ').nth(1).map(str::to_owned));
            }
        }
        if came.len() > MOST || connection.read_buf(came).await? == 0 {
            return Ok(None);
        }
    }
}

fn body_length(head: &str) -> usize {
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    let length = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    length.and_then(|(_, value)| value.trim().parse().ok()).unwrap_or_default()
}
