//! Which host a request goes to, what an id becomes in a path, and what a refusal says.

use super::{Hosts, JSON, get};
use agent_threads_modus::{
    Client, ErrorKind,
    types::{CancelRun, ErrorBody, ErrorCode, ErrorStatus, ModusChatRequest},
};
use httpmock::Method;
use serde_json::{Value, json};

#[test]
fn the_agent_host_follows_from_the_api_host_of_the_vendor_and_of_nobody_else() {
    let cases = [
        ("https://api.getmodus.com", "https://agent.getmodus.com"),
        ("https://api.staging.getmodus.com/", "https://agent.staging.getmodus.com"),
        ("https://API.Eu-2.GetModus.com", "https://agent.eu-2.getmodus.com"),
        ("https://api.staging.getmodus.com:8443", "https://agent.staging.getmodus.com:8443"),
        ("https://api.example.com", "https://agent.getmodus.com"),
        ("https://api.getmodus.com.example.com", "https://agent.getmodus.com"),
        ("https://api.a.b.getmodus.com", "https://agent.getmodus.com"),
        ("http://localhost:4000", "https://agent.getmodus.com"),
    ];
    for (api, agent) in cases {
        let client = Client::builder().server("api", api).token("modus_key").build().unwrap();
        let shown = format!("{client:?}");
        assert!(shown.contains(&format!("\"{agent}\"")), "{api}: {shown}");
    }
}

#[test]
fn an_agent_host_that_is_set_wins() {
    let builder = Client::builder().server("api", "https://api.staging.getmodus.com");
    let client = builder.server("agent", "https://runs.example").token("modus_key").build();
    let shown = format!("{:?}", client.unwrap());
    assert!(shown.contains("\"https://runs.example\""), "{shown}");
    assert!(shown.contains("\"https://api.staging.getmodus.com\""), "{shown}");
    assert!(!shown.contains("agent.staging"), "{shown}");
}

#[tokio::test]
async fn ids_are_encoded_once_and_stay_one_segment() {
    let hosts = Hosts::start().await;
    let cases = [("a/b", "a%2Fb"), ("a?b#c d", "a%3Fb%23c%20d"), ("ü", "%C3%BC"), ("%2F", "%252F")];
    for (id, encoded) in cases {
        let answers = [
            (&hosts.agent, Method::POST, format!("/agent/v1/runs/{encoded}/cancel"), 204),
            (&hosts.api, Method::GET, format!("/api/v1/workflows/7/runs/{encoded}"), 404),
            (&hosts.api, Method::GET, format!("/api/v1/scopes/0/conversations/{encoded}"), 404),
        ];
        let mut mocks = Vec::new();
        for (host, method, path, status) in answers {
            let answer = host.mock_async(|when, then| {
                when.method(method).is_true(move |request| request.uri().path() == path);
                then.status(status);
            });
            mocks.push(answer.await);
        }
        hosts.client.cancel_run(id, CancelRun::new()).await.unwrap();
        assert!(hosts.client.get_workflow_run(7, id).await.unwrap_err().is_not_found());
        assert!(hosts.client.get_scope_conversation(0, id).await.unwrap_err().is_not_found());
        for mock in mocks {
            mock.assert_async().await;
        }
    }
}

#[tokio::test]
async fn an_id_that_would_name_another_path_is_not_sent() {
    let hosts = Hosts::start().await;
    for id in ["", ".", ".."] {
        let error = hosts.client.cancel_run(id, CancelRun::new()).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0), "{id:?}");
    }
}

#[tokio::test]
async fn a_refusal_tells_its_code_its_message_and_its_request() {
    let hosts = Hosts::start().await;
    let nested = json!({ "error": { "code": "FORBIDDEN", "status": "PERMISSION_DENIED",
                                    "message": "token is missing scopes:invoke", "requestId": "req_01J",
                                    "info": { "missing": ["scopes:invoke"] } } });
    let listed = json!({ "message": ["model must be a string", "b"], "error": "Bad Request", "statusCode": 400 });
    let plain = json!({ "message": "no such route", "statusCode": 404 });
    let cases = [
        (403, nested, Some("FORBIDDEN"), "token is missing scopes:invoke"),
        (400, listed, None, "model must be a string; b"),
        (404, plain, None, "no such route"),
    ];
    for (status, body, code, message) in cases {
        let answer = hosts.api.mock_async(|when, then| {
            when.path("/api/v1/modus/chat");
            then.status(status).header("x-request-id", "req_01J").json_body(body);
        });
        answer.await;
        let chat = ModusChatRequest::new("gpt-5.5").message("Hi");
        let error = hosts.client.chat_with_modus(chat).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Status);
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert_eq!((error.code(), error.message()), (code, Some(message)));
        assert_eq!(error.request_id(), Some("req_01J"));
        if status == 403 {
            let detail = error.decode::<ErrorBody>().unwrap().error;
            assert_eq!(detail.code, ErrorCode::Forbidden);
            assert_eq!(detail.status, Some(ErrorStatus::PermissionDenied));
            assert_eq!(detail.request_id.as_deref(), Some("req_01J"));
            assert_eq!(detail.info.unwrap()["missing"], json!(["scopes:invoke"]));
        }
        hosts.api.reset_async().await;
    }
}

#[tokio::test]
async fn the_body_names_the_request_where_no_header_does() {
    let hosts = Hosts::start().await;
    let sent = get("/api/v1/scopes/7");
    let body = json!({ "error": { "code": "TEAPOT", "status": "ODD", "message": "m", "requestId": "req_1" } });
    let mock = sent.answered(&hosts.api, 418, JSON, &body.to_string()).await;
    let error = hosts.client.get_scope(7).await.unwrap_err();
    mock.assert_async().await;
    assert_eq!((error.code(), error.request_id()), (Some("TEAPOT"), Some("req_1")));
    assert_eq!(error.decode::<ErrorBody>().unwrap().error.code.as_str(), "TEAPOT");
}

#[tokio::test]
async fn a_value_where_an_answer_holds_something_else_is_an_error_with_its_path() {
    let hosts = Hosts::start().await;
    let wire =
        json!({ "scopes": [{ "id": "seven", "name": "Support" }], "nextPageToken": Value::Null });
    get("/api/v1/scopes").answered(&hosts.api, 200, JSON, &wire.to_string()).await;
    let error = hosts.client.list_scopes().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("scopes[0].id"), "{error}");
}
