//! All else that comes from outside: headers and bodies of refusals, names of files, addresses, ids, stored handles, webhooks.

use crate::{
    seam::{Answer, TOKEN, World},
    vendors::written_and_read,
};
use agent_threads_core::{
    Error, ErrorKind, RetryPolicy,
    http::{HeaderName, HeaderValue},
    reqwest::Url,
};
use agent_threads_middesk::webhook::{Refused, RunWebhook, Secret};
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::percent_decode_str;
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;
use std::{fmt::Debug, path::Path, time::Duration};

/// The first byte says what the rest is.
pub fn check(input: &[u8]) {
    let (which, rest) = input.split_first().unwrap_or((&0, &[]));
    match which {
        b'A'..=b'E' => check_refusal(*which, rest),
        b'F' => check_file_name(rest),
        b'G' => check_base_url(rest),
        b'H' => check_id(rest),
        b'I'..=b'M' => check_handle(*which, rest),
        _ => check_webhook(rest),
    }
}

/// The first byte is the status, as its distance from 200; then headers, each in a line; then a blank line and the body.
///
/// No error shows the token that a server echoes, and each asks for the pause that the server does.
fn check_refusal(vendor: u8, input: &[u8]) {
    let answer = refusal(input);
    let policy = RetryPolicy::default().max_attempts(2).max_retry_after(Duration::MAX);
    let answers = [answer.clone(), answer.clone()];
    let (error, sent) = World::run(answers, async |world| call(world, vendor, &policy).await);
    let hosts: Vec<_> = sent.iter().map(|url| (url.scheme(), url.host_str())).collect();
    assert!(sent.len() <= 12, "{hosts:?}");
    let is_safe = |url: &Url| url.scheme() == "https" || is_loopback(url);
    assert!(sent.iter().all(is_safe), "{hosts:?}");
    let Some(error) = error else { return };
    assert!(!shown(&error).contains(TOKEN), "{error:?}");
    if error.kind() != ErrorKind::Status
        || sent.len() > 2
        || error.status().is_some_and(|s| s.is_redirection())
    {
        return;
    }
    assert_eq!(error.status().map(|status| status.as_u16()), Some(answer.status));
    let header =
        |name: &str| answer.headers.iter().find(|(given, _)| given == name).map(|(_, v)| v);
    let seconds = header("retry-after").and_then(|value| value.to_str().ok()?.trim().parse().ok());
    if let (None, Some(seconds)) =
        (header("retry-after-ms"), seconds.filter(|n: &u32| *n < 1 << 20))
    {
        let is_plain = header("retry-after").is_some_and(|value| value.as_bytes()[0] != b'+');
        assert!(!is_plain || error.retry_after() == Some(Duration::from_secs(seconds.into())));
    }
}

async fn call(world: &World, vendor: u8, policy: &RetryPolicy) -> Option<Error> {
    match vendor {
        b'A' => world
            .modus
            .with(|s| s.retry(policy.clone()).total_timeout(None))
            .get_workflow(1)
            .await
            .err(),
        b'B' => world
            .mosoo
            .with(|s| s.retry(policy.clone()).total_timeout(None))
            .get_thread("t")
            .await
            .err(),
        b'C' => world
            .middesk
            .with(|s| s.retry(policy.clone()).total_timeout(None))
            .get_run("r")
            .await
            .err(),
        b'D' => world
            .deco_studio
            .with(|s| s.retry(policy.clone()).total_timeout(None))
            .list_queue("t")
            .await
            .err(),
        _ => world
            .octavus
            .with(|s| s.retry(policy.clone()).total_timeout(None))
            .get_agent("a")
            .await
            .err(),
    }
}

fn refusal(input: &[u8]) -> Answer {
    let (status, mut rest) = input.split_first().unwrap_or((&200, &[]));
    let mut headers = Vec::new();
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = &rest[..end];
        rest = &rest[end + 1..];
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { break };
        let name = HeaderName::from_bytes(&line[..colon]);
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii());
        headers.extend(name.ok().zip(value.ok()));
    }
    Answer { status: 200 + u16::from(*status), headers, chunks: vec![Bytes::copy_from_slice(rest)] }
}

fn shown(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text += &format!("{cause} {cause:?}");
        source = cause.source();
    }
    text
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost"
        || host.ends_with(".localhost")
        || address.is_ok_and(|address| address.is_loopback())
}

/// Whatever a server calls a file, its name is one of a file, within the directory it is joined to.
fn check_file_name(header: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(header) else { return };
    let mut answer = Answer::ok("text/plain", [&b"x"[..]]);
    answer.headers.push((HeaderName::from_static("content-disposition"), value));
    let (download, _) = World::run([answer], async |world| world.mosoo.download_file("f").await);
    let Some(name) = download.expect("a download").file_name() else { return };
    let joined = Path::new("/downloads").join(&name);
    assert_eq!(joined.parent(), Some(Path::new("/downloads")), "{name:?}");
    assert_eq!(joined.file_name().and_then(|name| name.to_str()), Some(name.as_str()));
    assert!(!name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']), "{name:?}");
    assert!(!name.chars().any(char::is_control), "{name:?}");
    assert_eq!(name.trim().trim_end_matches('.'), name);
    let stem = name.split('.').next().unwrap_or_default().trim().to_uppercase();
    assert!(!["CON", "PRN", "AUX", "NUL", "COM1", "LPT9"].contains(&stem.as_str()), "{name:?}");
}

/// A base URL is refused, or requests go to its host and under its path and nowhere else.
fn check_base_url(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (sent, _) = World::run([], async |world| {
        let builder = agent_threads_octavus::Client::builder().token("t").allow_any_token(true);
        let client = world.over_seam(builder.base_url(text)).build().ok()?;
        assert_eq!(client.get_agent("a").await.err()?.kind(), ErrorKind::Transport);
        world.last_sent()
    });
    let Some(sent) = sent else { return };
    let base = Url::parse(text).expect("what is taken is a URL");
    assert!(base.scheme() == "https" || is_loopback(&base), "{base}");
    assert_eq!(
        (base.scheme(), base.host(), base.port()),
        (sent.scheme(), sent.host(), sent.port())
    );
    let (path, tail) = (base.path().trim_end_matches('/'), "/api/v1/workforce/agents/a");
    assert_eq!(sent.path(), format!("{path}{tail}"));
}

/// An id is refused, or stands in the path as it is, in its place.
fn check_id(input: &[u8]) {
    let Ok(id) = std::str::from_utf8(input) else { return };
    let (errors, sent) = World::run([], async |world| {
        [
            world.octavus.get_thread("a", id).await.err(),
            world.octavus.get_thread(id, "t").await.err(),
            world.mosoo.get_thread(id).await.err(),
            world.middesk.get_run(id).await.err(),
            world.modus.poll_run_events(id).await.err(),
            world.deco_studio.list_queue(id).await.err(),
        ]
    });
    let count = |kind| errors.iter().flatten().filter(|error| error.kind() == kind).count();
    assert_eq!(count(ErrorKind::Transport), sent.len());
    assert_eq!(count(ErrorKind::InvalidRequest) + sent.len(), errors.len());
    for url in &sent {
        let segments: Vec<_> = url.path_segments().expect("a path").collect();
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().ok().map(String::from);
        assert!(segments.iter().any(|text| decoded(text).as_deref() == Some(id)), "{url} {id:?}");
        assert!((3..=8).contains(&segments.len()), "{url}");
        assert_eq!((url.fragment(), url.username()), (None, ""));
    }
}

/// A stored handle is read or is not; one that is read is written as it was, and is all that a run knows.
fn check_handle(vendor: u8, input: &[u8]) {
    match vendor {
        b'I' => with_handle(input, |handle: agent_threads_modus::Handle| {
            World::run([], async |world| {
                let mut run = world.modus.attach(handle.clone());
                assert_eq!(run.handle(), handle);
                assert!(run.wait().await.is_err());
            })
        }),
        b'J' => with_handle(input, |handle: agent_threads_mosoo::Handle| {
            World::run([], async |world| {
                let run = world.mosoo.attach(handle.clone());
                assert_eq!(run.handle(), handle);
                assert!(run.read().await.is_err());
            })
        }),
        b'K' => with_handle(input, |handle: agent_threads_middesk::Handle| {
            World::run([], async |world| {
                let run = world.middesk.attach(handle.clone());
                assert_eq!(run.handle(), handle);
                assert!(run.read().await.is_err());
            })
        }),
        b'L' => with_handle(input, |handle: agent_threads_deco_studio::Handle| {
            World::run([], async |world| {
                let run = world.deco_studio.attach(handle.clone());
                assert_eq!(run.handle(), handle);
                assert!(run.read().await.is_err());
            })
        }),
        _ => with_handle(input, |handle: agent_threads_octavus::Handle| {
            World::run([], async |world| {
                let run = world.octavus.attach(handle.clone());
                assert_eq!(run.handle(), handle);
                assert!(run.read().await.is_err());
            })
        }),
    }
}

fn with_handle<H, R>(input: &[u8], attach: impl FnOnce(H) -> R)
where
    H: Serialize + DeserializeOwned + Debug + PartialEq,
{
    if let Ok(handle) = serde_json::from_slice::<H>(input) {
        written_and_read(&handle);
        attach(handle);
    }
}

/// A line with a signature, and the body that it should be of.
fn check_webhook(input: &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or_default();
    let (signature, body) = (String::from_utf8_lossy(&input[..end]), &input[end..]);
    let secret = Secret::new("whsec_MARKER");
    assert_eq!(secret.read(body, &signature), Err(Refused::Signature));
    let right = signed(body);
    let parsed = RunWebhook::parse(body);
    assert_eq!(secret.read(body, &right), parsed);
    assert_eq!(secret.verify(body, &right[1..]), Err(Refused::Signature));
    assert_eq!(secret.verify(&[body, b" "].concat(), &right), Err(Refused::Signature));
    assert!(!format!("{secret:?}").contains("MARKER"));
    if let Ok(webhook) = parsed {
        written_and_read(&webhook.run);
        assert!(webhook.event.as_str().starts_with("run."));
    }
}

fn signed(body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(b"whsec_MARKER").expect("a key of any length");
    let bytes = mac.chain_update(body).finalize().into_bytes();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
