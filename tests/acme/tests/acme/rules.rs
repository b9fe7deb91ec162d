//! What the document says of the fields of a request together.

use crate::server::{EVENT_STREAM, Server};
use acme_agents::types::{
    OpenTicket, TicketFile, TicketMessage, TicketNote, TicketPart, TicketText,
};
use acme_agents::{Client, Dialect, Error, ErrorKind};
use serde_json::json;

const ACCEPTED: &str = r#"{"runId":"r1"}"#;

fn client(server: &Server, dialect: Dialect) -> Client {
    Client::builder().token("acme_x").base_url(server.url()).dialect(dialect).build().unwrap()
}

/// What a ticket is refused with, the same in both ways in which it can be opened.
async fn refusal(dialect: Dialect, ticket: OpenTicket) -> String {
    let server = Server::answering([]).await;
    let client = client(&server, dialect);
    let error = client.open_ticket(ticket.clone()).await.unwrap_err();
    let mut events = client.open_ticket_live(ticket).events();
    let live = events.next().await.unwrap().unwrap_err();
    assert!(events.next().await.is_none());
    let text = |error: &Error| {
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0), "{error}");
        error.message().unwrap().to_owned()
    };
    assert_eq!(text(&error), text(&live));
    assert_eq!(live.operation(), Some("open_ticket_live"));
    assert!(server.seen().is_empty());
    text(&error)
}

fn ticket() -> OpenTicket {
    OpenTicket::new("Broken").team_id("t1")
}

#[tokio::test]
async fn a_request_that_keeps_the_rules_is_sent_as_it_is() {
    let stream = "data: {\"type\":\"run.done\"}\n\n";
    let server =
        Server::giving([(200, "application/json", ACCEPTED), (200, EVENT_STREAM, stream)]).await;
    let old = ticket().external_ref("e1");
    client(&server, Dialect::Old).open_ticket(old).await.unwrap();
    let new = OpenTicket::new("Broken").agent_id("a1").agent_kind("worker").user_id("u1");
    let mut events = client(&server, Dialect::New).open_ticket_live(new).events();
    assert!(events.next().await.unwrap().is_ok());
    let [one, two] = &server.seen()[..] else { panic!("two requests") };
    assert_eq!(one.json(), json!({ "subject": "Broken", "teamId": "t1", "externalRef": "e1" }));
    assert_eq!(
        two.json(),
        json!({ "subject": "Broken", "agentId": "a1", "agentKind": "worker", "userId": "u1" })
    );
}

#[tokio::test]
async fn what_one_dialect_has_and_another_has_not_is_refused_with_the_one_that_does() {
    for (dialect, ticket, says) in [
        (
            Dialect::New,
            ticket().user_id("u1").external_ref("e1"),
            "`externalRef` is not in the dialect `new`; `old` has it",
        ),
        (
            Dialect::Old,
            ticket().user_id("u1"),
            "`userId` is not in the dialect `old`; `new` has it",
        ),
        (Dialect::New, ticket(), "`userId` is required in the dialect `new`"),
    ] {
        assert_eq!(refusal(dialect, ticket).await, says);
    }
}

#[tokio::test]
async fn what_goes_together_or_not_is_refused_with_the_fields() {
    for (ticket, says) in [
        (OpenTicket::new("a"), "one of `teamId`, `agentId`, `message` is required"),
        (ticket().agent_id("a1"), "`teamId` and `agentId` exclude each other"),
        (ticket().agent_kind("worker"), "`agentKind` needs `agentId`"),
    ] {
        assert_eq!(refusal(Dialect::Old, ticket).await, says);
    }
}

#[tokio::test]
async fn what_is_nested_is_refused_with_its_path() {
    let file = TicketPart::from(TicketFile::new().request_id("p1"));
    let text = |text: TicketText| TicketMessage::new([file.clone(), text.into()]);
    let with = |message: TicketMessage| OpenTicket::new("a").message(message);
    let known = text(TicketText::new("b").request_id("p2"));
    assert_eq!(
        refusal(Dialect::Old, with(known)).await,
        "`message.parts[1].requestId` is not in the dialect `old`; `new` has it"
    );
    let note = [("PRIVATE", TicketNote::new().language("en"))];
    let noted = text(TicketText::new("b")).notes(note);
    assert_eq!(
        refusal(Dialect::Old, with(noted)).await,
        "`message.notes.*.language` needs `message.notes.*.text`"
    );
    let server = Server::answering([(200, ACCEPTED)]).await;
    let fine = with(text(TicketText::new("b")));
    client(&server, Dialect::Old).open_ticket(fine).await.unwrap();
    server.only();
}
