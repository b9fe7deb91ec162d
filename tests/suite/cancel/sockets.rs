//! What a server sees of a future that is dropped: its connection ends, and no other call gets it.

use crate::support::tcp::read_request;
use agent_threads_modus as modus;
use agent_threads_mosoo::{Client, Dialect, FilePart, RetryPolicy};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use std::{
    collections::VecDeque,
    io::Error,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    runtime::{Builder, Handle, Runtime},
    select,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::yield_now,
};

const THREADS: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{\"threads\":[]}";
const FILE: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 10\r\n\r\n0123456789";
const EVENTS: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 5000\r\n\r\n\
    id: 1-0\ndata: {\"type\":\"token\",\"content\":\"a\"}\n\n";

/// Something that the server has seen.
#[derive(Debug, PartialEq)]
enum Seen {
    /// What is said to one request has been written.
    Answered,
    /// A connection has been closed by its client.
    Closed,
}

/// Keeps connections open, and says one text to each request; the last one for ever. A text that is no whole answer is
/// followed by nothing.
///
/// It has a runtime of its own, so that the tasks of the test's are those of the client.
struct Server {
    url: String,
    accepted: Arc<AtomicUsize>,
    seen: UnboundedReceiver<Seen>,
    runtime: Option<Runtime>,
}

impl Server {
    fn start(answers: &[&str]) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_io().build().unwrap();
        let (tell, seen) = unbounded_channel();
        let accepted = Arc::new(AtomicUsize::new(0));
        let answers: VecDeque<_> = answers.iter().map(|answer| (*answer).to_owned()).collect();
        runtime.spawn(accept(listener, Arc::new(Mutex::new(answers)), Arc::clone(&accepted), tell));
        Self { url, accepted, seen, runtime: Some(runtime) }
    }

    fn client(&self) -> Client {
        let builder =
            Client::builder().base_url(&self.url).token("mst_test").dialect(Dialect::Current);
        builder.retry(RetryPolicy::never()).build().unwrap()
    }

    async fn sees(&mut self, expected: Seen) {
        assert_eq!(self.seen.recv().await.unwrap(), expected);
    }

    /// Drives a future that is never done until the server has answered, and what came of that has been read.
    async fn answers_in_vain(&mut self, future: impl Future) {
        let answered = async {
            self.sees(Seen::Answered).await;
            for _ in 0..200 {
                yield_now().await;
            }
        };
        select! {
            biased;
            _ = future => panic!("there is no whole answer"),
            () = answered => {}
        }
    }

    fn accepted(&self) -> usize {
        self.accepted.load(SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn accept(
    listener: std::net::TcpListener,
    answers: Arc<Mutex<VecDeque<String>>>,
    accepted: Arc<AtomicUsize>,
    tell: UnboundedSender<Seen>,
) {
    let listener = TcpListener::from_std(listener).unwrap();
    while let Ok((connection, _)) = listener.accept().await {
        accepted.fetch_add(1, SeqCst);
        tokio::spawn(serve(connection, Arc::clone(&answers), tell.clone()));
    }
}

async fn serve(
    mut connection: TcpStream,
    answers: Arc<Mutex<VecDeque<String>>>,
    tell: UnboundedSender<Seen>,
) {
    while read_request(&mut connection).await {
        let answer = {
            let mut answers = answers.lock().unwrap();
            if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() }
        };
        if connection.write_all(answer.unwrap_or_default().as_bytes()).await.is_err() {
            break;
        }
        let _ = tell.send(Seen::Answered);
    }
    let _ = tell.send(Seen::Closed);
}

/// The client's tasks end with its connections.
async fn all_tasks_end() {
    while Handle::current().metrics().num_alive_tasks() > 0 {
        yield_now().await;
    }
}

/// A call that is answered as a whole, twice: on this many connections of the server's life.
async fn calls_use(server: &mut Server, client: &Client, connections: usize) {
    for _ in 0..2 {
        client.list_threads("a").await.unwrap();
        server.sees(Seen::Answered).await;
    }
    assert_eq!(server.accepted(), connections);
}

#[tokio::test]
async fn a_connection_whose_answer_was_read_is_used_again() {
    let mut server = Server::start(&[THREADS]);
    let client = server.client();
    calls_use(&mut server, &client, 1).await;
    drop(client);
    server.sees(Seen::Closed).await;
    all_tasks_end().await;
}

#[tokio::test]
async fn a_call_that_is_dropped_ends_its_connection_and_the_next_makes_another() {
    for end in [0, 12, 40, THREADS.len() - 14, THREADS.len() - 3] {
        let mut server = Server::start(&[&THREADS[..end], THREADS]);
        let client = server.client();
        server.answers_in_vain(client.list_threads("a").into_future()).await;
        server.sees(Seen::Closed).await;
        calls_use(&mut server, &client, 2).await;
        drop(client);
        server.sees(Seen::Closed).await;
        all_tasks_end().await;
    }
}

#[tokio::test]
async fn a_download_that_is_dropped_ends_its_connection() {
    let mut server = Server::start(&[&FILE[..FILE.len() - 5], THREADS]);
    let client = server.client();
    let mut file = client.download_file("f").await.unwrap();
    server.sees(Seen::Answered).await;
    assert_eq!(file.chunk().await.unwrap().unwrap(), "01234");
    let more = async { file.chunk().await };
    select! {
        biased;
        _ = more => panic!("there is no more"),
        () = yield_now() => {}
    }
    drop(file);
    server.sees(Seen::Closed).await;
    calls_use(&mut server, &client, 2).await;
}

#[tokio::test]
async fn a_download_that_is_read_to_its_end_leaves_its_connection_to_the_next_call() {
    let mut server = Server::start(&[FILE, THREADS]);
    let client = server.client();
    let file = client.download_file("f").await.unwrap().bytes(10).await.unwrap();
    server.sees(Seen::Answered).await;
    assert_eq!(file, "0123456789");
    calls_use(&mut server, &client, 1).await;
}

#[tokio::test]
async fn a_stream_that_is_dropped_ends_its_connection() {
    let mut server = Server::start(&[EVENTS]);
    let builder = modus::Client::builder().server("agent", &server.url).server("api", &server.url);
    let client = builder.token("modus_test").retry(modus::RetryPolicy::never()).build().unwrap();
    let mut run = client.attach(modus::Handle::new("r"));
    let event = run.next().await.unwrap().unwrap();
    assert!(matches!(event, modus::types::RunEvent::Token(token) if token.content == "a"));
    server.sees(Seen::Answered).await;
    select! {
        biased;
        _ = run.next() => panic!("there is no more"),
        () = yield_now() => {}
    }
    drop(run);
    server.sees(Seen::Closed).await;
    drop(client);
    all_tasks_end().await;
}

/// Says when it is dropped.
struct Kept(Arc<AtomicUsize>);

impl Drop for Kept {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

#[tokio::test]
async fn an_upload_that_is_dropped_lets_go_of_its_file_and_ends_its_connection() {
    let mut server = Server::start(&[THREADS]);
    let client = server.client();
    let kept = Arc::new(AtomicUsize::new(1));
    let (asked, mut is_asked) = unbounded_channel();
    let guard = Kept(Arc::clone(&kept));
    let first = stream::iter([Ok::<_, Error>(Bytes::from_static(b"the first half"))]);
    let rest = stream::once(async move {
        let _guard = guard;
        let _ = asked.send(());
        std::future::pending::<Result<Bytes, Error>>().await
    });
    let file = FilePart::stream("a.txt", Some(1 << 20), first.chain(rest));
    select! {
        biased;
        _ = client.upload_file("a", file).into_future() => panic!("the file has no end"),
        _ = is_asked.recv() => {}
    }
    // The server reads until the form is whole, which it never is.
    server.sees(Seen::Closed).await;
    all_tasks_end().await;
    assert_eq!(kept.load(SeqCst), 0);
    calls_use(&mut server, &client, 2).await;
}
