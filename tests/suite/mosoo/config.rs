//! Where a client sends its requests, in which dialect, and what it takes from the environment.

use crate::config::in_environment;
use agent_threads_mosoo::{Client, Dialect, ErrorKind};

const SEED: &str = "https://mosoo.ai/api/v1\"";
const CURRENT: &str = "https://cloud.mosoo.ai/api/v1\"";

/// Whether the client's description, which shows no secret, has this.
#[track_caller]
fn assert_shows(client: &Client, text: &str) {
    assert!(format!("{client:?}").contains(text), "{client:?}");
}

#[test]
fn the_quickstarts_dialect_and_host_are_the_default() {
    let client = Client::new("grt_pat_x").unwrap();
    assert_eq!((client.dialect(), Dialect::default()), (Dialect::Seed, Dialect::Seed));
    assert_shows(&client, SEED);
}

#[test]
fn the_other_dialect_has_its_own_host_unless_one_is_set() {
    let builder = || Client::builder().token("mst_x").dialect(Dialect::Current);
    let client = builder().build().unwrap();
    assert_eq!(client.dialect(), Dialect::Current);
    assert_shows(&client, CURRENT);
    let own = builder().base_url("https://mosoo.example/api/v1/").build().unwrap();
    assert_shows(&own, "https://mosoo.example/api/v1\"");
}

#[test]
fn dialects_are_named_as_in_the_documents() {
    for (dialect, name) in [(Dialect::Seed, "seed"), (Dialect::Current, "current")] {
        assert_eq!((dialect.as_str(), name.parse().ok()), (name, Some(dialect)));
    }
    assert!("august".parse::<Dialect>().is_err());
}

#[test]
fn the_environment_gives_token_base_url_and_dialect() {
    in_environment("mosoo::config::child_without_a_token", &[]);
    let token = ("MOSOO_API_TOKEN", "t");
    in_environment("mosoo::config::child_with_a_token", &[token]);
    let (dialect, url) = (("MOSOO_DIALECT", "current"), ("MOSOO_BASE_URL", "https://m.example/v9"));
    in_environment("mosoo::config::child_with_a_dialect", &[token, dialect]);
    in_environment("mosoo::config::child_with_all", &[token, dialect, url]);
    let bad = ("MOSOO_DIALECT", "august");
    in_environment("mosoo::config::child_with_a_dialect_that_nobody_knows", &[token, bad]);
}

#[test]
#[ignore = "run by the_environment_gives_token_base_url_and_dialect in a process of its own"]
fn child_without_a_token() {
    let error = Client::from_env().unwrap_err().to_string();
    assert_eq!(error, "configuration: environment variable MOSOO_API_TOKEN is not set");
}

#[test]
#[ignore = "run by the_environment_gives_token_base_url_and_dialect in a process of its own"]
fn child_with_a_token() {
    let client = Client::from_env().unwrap();
    assert_eq!(client.dialect(), Dialect::Seed);
    assert_shows(&client, SEED);
}

#[test]
#[ignore = "run by the_environment_gives_token_base_url_and_dialect in a process of its own"]
fn child_with_a_dialect() {
    assert_shows(&Client::from_env().unwrap(), CURRENT);
}

#[test]
#[ignore = "run by the_environment_gives_token_base_url_and_dialect in a process of its own"]
fn child_with_all() {
    let client = Client::from_env().unwrap();
    assert_eq!(client.dialect(), Dialect::Current);
    assert_shows(&client, "https://m.example/v9\"");
}

#[test]
#[ignore = "run by the_environment_gives_token_base_url_and_dialect in a process of its own"]
fn child_with_a_dialect_that_nobody_knows() {
    let error = Client::from_env().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let text = error.to_string();
    assert!(
        ["MOSOO_DIALECT", "august", "seed", "current"].iter().all(|t| text.contains(t)),
        "{text}"
    );
}
