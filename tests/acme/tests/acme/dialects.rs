//! An API that is spoken in more than one way.

use crate::server::Server;
use crate::servers::{in_environment, shown};
use acme_agents::{Client, ClientBuilder, Dialect, ErrorKind};
use std::time::Duration;

fn speaking(dialect: Dialect) -> ClientBuilder<Client> {
    Client::builder().token("acme_x").dialect(dialect)
}

#[test]
fn a_client_speaks_the_first_dialect_unless_it_is_told_another() {
    let client = Client::new("acme_x").unwrap();
    assert_eq!((client.dialect(), Dialect::default()), (Dialect::Old, Dialect::Old));
    let client = speaking(Dialect::New).build().unwrap();
    assert_eq!(client.dialect(), Dialect::New);
    assert!(format!("{client:?}").contains(r#"dialect: "new""#), "{client:?}");
    let other = client.with(|settings| settings.stall_timeout(Duration::from_secs(1)));
    assert_eq!(other.dialect(), Dialect::New);
}

#[test]
fn a_dialect_is_written_and_read_by_its_name() {
    for (dialect, name) in [(Dialect::Old, "old"), (Dialect::New, "new")] {
        assert_eq!((dialect.as_str(), name.parse::<Dialect>().unwrap()), (name, dialect));
    }
    for bad in ["", "New", "newer"] {
        let error = bad.parse::<Dialect>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let text = error.to_string();
        let says = format!("`{bad}` is no dialect of Acme; its dialects are: old, new");
        assert!(text.contains(&says), "{text}");
    }
}

#[test]
fn a_server_may_be_elsewhere_in_a_dialect() {
    let urls = |builder: ClientBuilder<Client>| shown(&builder.build().unwrap());
    assert_eq!(
        urls(speaking(Dialect::New)),
        r#""https://api.acme.example", "https://files2.acme.example""#
    );
    assert_eq!(
        urls(speaking(Dialect::Old)),
        r#""https://api.acme.example", "https://files.acme.example""#
    );
    // What the caller sets wins, and so does what follows from that.
    for builder in [
        speaking(Dialect::New).server("files", "https://own.example"),
        Client::builder()
            .token("acme_x")
            .server("files", "https://own.example")
            .dialect(Dialect::New),
    ] {
        assert!(urls(builder).ends_with(r#", "https://own.example""#));
    }
    let derived = speaking(Dialect::New).base_url("https://api.staging.acme.example");
    assert!(urls(derived).ends_with(r#", "https://files.staging.acme.example""#));
}

#[test]
fn the_environment_names_the_dialect_and_the_caller_wins() {
    in_environment("dialects::child_with_a_dialect", &[("ACME_DIALECT", "new")]);
    in_environment("dialects::child_with_an_empty_dialect", &[("ACME_DIALECT", "")]);
    in_environment("dialects::child_with_an_unknown_dialect", &[("ACME_DIALECT", "newer")]);
}

#[test]
#[ignore = "run by the_environment_names_the_dialect_and_the_caller_wins in a process of its own"]
fn child_with_a_dialect() {
    assert_eq!(Client::from_env().unwrap().dialect(), Dialect::New);
    let builder = ClientBuilder::<Client>::from_env().unwrap();
    assert_eq!(builder.dialect(Dialect::Old).build().unwrap().dialect(), Dialect::Old);
}

#[test]
#[ignore = "run by the_environment_names_the_dialect_and_the_caller_wins in a process of its own"]
fn child_with_an_empty_dialect() {
    assert_eq!(Client::from_env().unwrap().dialect(), Dialect::Old);
}

#[test]
#[ignore = "run by the_environment_names_the_dialect_and_the_caller_wins in a process of its own"]
fn child_with_an_unknown_dialect() {
    let error = Client::from_env().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let text = error.to_string();
    assert!(
        text.contains("ACME_DIALECT is `newer`, which is no dialect of Acme")
            && text.contains("old, new"),
        "{text}"
    );
}

#[tokio::test]
async fn an_operation_is_refused_in_a_dialect_that_does_not_have_it() {
    let server = Server::answering([(204, "")]).await;
    let client = |dialect| speaking(dialect).base_url(server.url()).build().unwrap();
    let error = client(Dialect::Old).drop_ticket("t1").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
    assert_eq!(
        error.to_string(),
        "Acme drop_ticket: the operation is not in the dialect `old`; `new` has it"
    );
    assert!(server.seen().is_empty());
    client(Dialect::New).drop_ticket("t1").await.unwrap();
    assert_eq!(server.only().line, "DELETE /v1/tickets/t1");
}
