//! Files for a task, which the vendor's pages name and do not describe.

use agent_threads_sandbox::Fault;
use agent_threads_sandbox::octavus::{Generation, Target};
use reqwest::Method;
use serde_json::{Value, json};

use super::caller::{Caller, answer, refused};

const FILES: &str = "/api/v1/workforce/agents/agent_1/files";

fn naming(caller: &Caller, files: &Value) -> reqwest::RequestBuilder {
    caller.request(Method::POST, FILES).json(&json!({ "files": files }))
}

fn csv() -> Value {
    json!({ "filename": "may.csv", "mediaType": "text/csv", "size": 7 })
}

#[tokio::test]
async fn a_file_is_named_put_without_a_key_and_read() {
    let caller = Caller::of(Generation::G5).await;
    let named = answer(naming(&caller, &json!([csv(), csv()])), 201).await;
    let [first, second] = &named["files"].as_array().unwrap()[..] else { panic!("{named}") };
    assert_ne!(first["id"], second["id"]);
    let url = |name: &str| first[name].as_str().unwrap().to_owned();
    let (http, bytes) = (reqwest::Client::new(), "a,b\n1,2");
    assert_eq!(http.get(url("downloadUrl")).send().await.unwrap().status(), 404);

    let put = |media_type: &str| {
        http.put(url("uploadUrl")).header("content-type", media_type).body(bytes).send()
    };
    assert_eq!(put("text/plain").await.unwrap().status(), 403);
    assert_eq!(put("text/csv").await.unwrap().status(), 200);
    let read = http.get(url("downloadUrl")).send().await.unwrap();
    assert_eq!(read.headers()["content-type"], "text/csv");
    assert_eq!(read.text().await.unwrap(), bytes);
}

#[tokio::test]
async fn files_that_break_a_rule_are_refused() {
    let caller = Caller::of(Generation::G5).await;
    let with = |name: &str, value: Value| {
        let mut file = csv();
        file[name] = value;
        json!([file])
    };
    for files in [
        json!([]),
        json!("may.csv"),
        Value::from(vec![csv(); 21]),
        with("filename", json!("")),
        with("filename", json!("x".repeat(256))),
        with("mediaType", json!("")),
        with("size", json!(0)),
        with("size", json!("7")),
    ] {
        refused(naming(&caller, &files), 400, "VALIDATION_ERROR").await;
    }
    answer(naming(&caller, &Value::from(vec![csv(); 20])), 201).await;
    let stranger = caller.request_without_key(Method::POST, FILES).json(&json!({}));
    refused(stranger, 401, "UNAUTHORIZED").await;
    let other = caller.request(Method::POST, "/api/v1/workforce/agents/agent_2/files");
    refused(other.json(&json!({})), 403, "FORBIDDEN").await;
    caller.octavus.fault(Target::CreateFiles, Fault::status(503));
    refused(naming(&caller, &json!([csv()])), 503, "INTERNAL_ERROR").await;
}

#[tokio::test]
async fn an_earlier_generation_knows_no_files() {
    let caller = Caller::of(Generation::G4).await;
    refused(naming(&caller, &json!([csv()])), 404, "NOT_FOUND").await;
}
