//! Plays a recorded answer to a call of the client, and keeps what the client sent for it.

use super::{call::Call, exchange::Answer, form::Form};
use agent_threads_mosoo::{
    Body, BoxFuture, Client, Dialect, Download, Error, EventStream, FilePart, Response,
    RetryPolicy, Transport, TransportError,
    http::{self, HeaderMap},
    reqwest::{self, Request, Url},
    types::{Disposition, ThreadStreamEvent, UploadFile},
};
use serde::Serialize;
use serde_json::Value;
use std::sync::{Arc, Mutex};

/// Longer downloads than this are not recorded.
const MOST_BYTES: usize = 1 << 20;

/// What became of a call.
pub(super) enum Outcome {
    /// The answer, decoded and written again.
    Json(u16, Value),
    /// A file's bytes, name and type.
    File {
        bytes: Vec<u8>,
        name: Option<String>,
        content_type: Option<String>,
    },
    /// Each event with its id, and why no more came.
    Events(Vec<(String, Value)>, Box<Error>),
    Failed(Box<Error>),
}

/// A request as it left the client.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) method: String,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

/// A client of one dialect, whose calls are answered as one is told.
pub(super) struct Stage {
    client: Client,
    player: Player,
}

impl Stage {
    pub(super) fn new(dialect: Dialect) -> Self {
        let player = Player::default();
        let client = Client::builder()
            .base_url("https://mosoo.example/api/v1")
            .token("TOKEN")
            .dialect(dialect)
            .retry(RetryPolicy::never())
            .transport(player.clone())
            .build()
            .unwrap();
        Self { client, player }
    }

    /// Makes the call, is answered so, and tells what was sent.
    pub(super) async fn play(&self, call: Call, answer: &Answer) -> (Outcome, Vec<Sent>) {
        *self.player.answer.lock().unwrap() = response(answer);
        let made = make(&self.client, call).await;
        let outcome = made.unwrap_or_else(|error| Outcome::Failed(error.into()));
        let sent = std::mem::take(&mut *self.player.sent.lock().unwrap());
        (outcome, sent)
    }
}

async fn make(client: &Client, call: Call) -> Result<Outcome, Error> {
    match call {
        Call::CreateThread { agent, body, key } => {
            let call = client.create_thread(agent, body);
            json(match key {
                Some(key) => call.idempotency_key(key).send().await?,
                None => call.send().await?,
            })
        }
        Call::SendEvents { thread, body, key } => {
            let call = client.send_events(thread, body);
            json(match key {
                Some(key) => call.idempotency_key(key).send().await?,
                None => call.send().await?,
            })
        }
        Call::ListThreads { agent, archived } => {
            let call = client.list_threads(agent);
            json(match archived {
                Some(archived) => call.archived(archived).send().await?,
                None => call.send().await?,
            })
        }
        Call::ListEvents { thread, limit } => {
            let call = client.list_events(thread);
            json(match limit {
                Some(limit) => call.limit(limit).send().await?,
                None => call.send().await?,
            })
        }
        Call::StreamEvents { thread, limit } => {
            let call = client.stream_events(thread);
            events(match limit {
                Some(limit) => call.limit(limit).events(),
                None => call.events(),
            })
            .await
        }
        Call::DownloadFile { file, disposition } => {
            let call = client.download_file(file);
            download(match disposition {
                Some(chosen) => call.disposition(Disposition::from(chosen.as_str())).await?,
                None => call.await?,
            })
            .await
        }
        Call::UploadFile { agent, file } => {
            json(client.upload_file(agent, UploadFile::new(part(file))).send().await?)
        }
        Call::AttachFile { thread, body } => json(client.attach_file(thread, body).send().await?),
        Call::GetThread(thread) => json(client.get_thread(thread).send().await?),
        Call::DeleteThread(thread) => json(client.delete_thread(thread).send().await?),
        Call::ArchiveThread(thread) => json(client.archive_thread(thread).send().await?),
        Call::UnarchiveThread(thread) => json(client.unarchive_thread(thread).send().await?),
        Call::ListThreadFiles(thread) => json(client.list_thread_files(thread).send().await?),
        Call::DeleteThreadFile { thread, file } => {
            json(client.delete_thread_file(thread, file).send().await?)
        }
        Call::GetFile(file) => json(client.get_file(file).send().await?),
        Call::DeleteFile(file) => json(client.delete_file(file).send().await?),
    }
}

fn part(form: Form) -> FilePart {
    let part = FilePart::bytes(form.file_name, form.content);
    match form.content_type {
        Some(content_type) => part.content_type(content_type),
        None => part,
    }
}

fn json<T: Serialize>(response: Response<T>) -> Result<Outcome, Error> {
    let status = response.http_status().as_u16();
    Ok(Outcome::Json(status, serde_json::to_value(response.into_inner()).unwrap()))
}

async fn download(file: Download) -> Result<Outcome, Error> {
    let (name, content_type) = (file.file_name(), file.content_type().map(str::to_owned));
    Ok(Outcome::File { bytes: file.bytes(MOST_BYTES).await?.to_vec(), name, content_type })
}

async fn events(stream: EventStream<ThreadStreamEvent>) -> Result<Outcome, Error> {
    let mut stream = stream.with_ids();
    let mut events = Vec::new();
    while let Some(event) = stream.next().await {
        match event {
            Ok(event) => events.push((event.id, json_of(&event.event))),
            Err(error) if events.is_empty() => return Err(error),
            Err(error) => return Ok(Outcome::Events(events, error.into())),
        }
    }
    panic!("a stream without its last event has not broken off");
}

fn json_of(event: &ThreadStreamEvent) -> Value {
    match event {
        ThreadStreamEvent::Event(event) => serde_json::to_value(event).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// A transport that gives one answer, and keeps what it was given.
#[derive(Clone, Default)]
struct Player {
    answer: Arc<Mutex<http::Response<Vec<u8>>>>,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Transport for Player {
    fn send(
        &self,
        request: Request,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move {
            let sent = read(request).await;
            self.sent.lock().unwrap().push(sent);
            let answer = self.answer.lock().unwrap().clone();
            Ok(answer.map(Body::from))
        })
    }
}

fn response(answer: &Answer) -> http::Response<Vec<u8>> {
    let builder = http::Response::builder().status(answer.status);
    let headers = answer.headers.iter();
    let builder = headers.fold(builder, |builder, (name, value)| builder.header(name, value));
    builder.body(answer.bytes.clone()).unwrap()
}

/// A body of the client's may be a stream; as the body of an answer it can be read whole.
async fn read(mut request: Request) -> Sent {
    let body = match request.body_mut().take() {
        Some(body) => reqwest::Response::from(http::Response::new(body)).bytes().await.unwrap(),
        None => Default::default(),
    };
    Sent {
        method: request.method().to_string(),
        url: request.url().clone(),
        headers: request.headers().clone(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}
