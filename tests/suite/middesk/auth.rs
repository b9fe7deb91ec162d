//! The two schemes by which the vendor takes its key.

use super::{quick, start};
use agent_threads_middesk::{AuthScheme, Client, ErrorKind};
use httpmock::MockServer;
use serde_json::json;

/// `printf 'mk_test_key:' | base64`
const BASIC: &str = "Basic bWtfdGVzdF9rZXk6";

#[tokio::test]
async fn the_key_is_sent_by_the_scheme_that_was_chosen() {
    let server = MockServer::start_async().await;
    for (scheme, header) in [
        (None, "Bearer mk_test_key"),
        (Some(AuthScheme::Bearer), "Bearer mk_test_key"),
        (Some(AuthScheme::Basic), BASIC),
    ] {
        let mock = server
            .mock_async(|when, then| {
                when.path("/v1/agents").header("authorization", header);
                then.status(200).json_body(json!({ "data": [] }));
            })
            .await;
        let builder = Client::builder().base_url(server.base_url()).token("mk_test_key");
        let builder = match scheme {
            Some(scheme) => builder.scheme(scheme),
            None => builder,
        };
        quick(builder).list_agents().await.unwrap();
        mock.assert_async().await;
        mock.delete_async().await;
    }
}

#[tokio::test]
async fn a_run_goes_its_way_by_either_scheme() {
    let (_sandbox, middesk, _) = start().await;
    for scheme in [AuthScheme::Bearer, AuthScheme::Basic] {
        let builder = Client::builder().base_url(middesk.url()).token(middesk.key());
        let run = super::review(&middesk, &quick(builder.scheme(scheme))).await;
        assert_eq!(run.wait().await.unwrap().status.as_str(), "completed");
    }
    let streamed =
        middesk.requests().into_iter().filter(|request| request.path.ends_with("/stream"));
    let schemes: Vec<_> = streamed
        .filter_map(|request| Some(request.header("authorization")?.split(' ').next()?.to_owned()))
        .collect();
    assert_eq!(schemes, ["Bearer", "Basic"]);
}

#[tokio::test]
async fn a_wrong_key_is_refused_by_either_scheme() {
    let (_sandbox, middesk, _) = start().await;
    for scheme in [AuthScheme::Bearer, AuthScheme::Basic] {
        let builder =
            Client::builder().base_url(middesk.url()).token("mk_test_other").scheme(scheme);
        let error = quick(builder).list_agents().await.unwrap_err();
        assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Status, 401));
        assert!(!format!("{error} {error:?}").contains("mk_test_other"));
    }
}
