//! Drives an agent of each vendor from a task to its result.
//!
//! By default the servers are sandboxes in this process, and something goes wrong on the way that the client has to get
//! over. With `--live` they are the real services.

mod deco_studio;
mod middesk;
mod modus;
mod mosoo;
mod octavus;

use clap::{Parser, ValueEnum};
use std::{error::Error as StdError, process::ExitCode};

/// Drive an agent: hand it a task, watch it, collect the result.
#[derive(Parser)]
struct Arguments {
    /// The task.
    message: String,
    /// Only this vendor.
    #[arg(long)]
    vendor: Option<Vendor>,
    /// Talk to the real services, with the variables that each vendor's example names.
    #[arg(long)]
    live: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Vendor {
    Octavus,
    Modus,
    Middesk,
    Mosoo,
    DecoStudio,
}

/// Why an example did not come to its end.
enum Failure {
    /// There is nothing to talk to: a variable is missing, or no port can be had.
    Setup(Box<dyn StdError>),
    /// The run went wrong.
    Run(Box<dyn StdError>),
}

impl<E: StdError + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Run(error.into())
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { message, vendor, live } = Arguments::parse();
    for each in Vendor::value_variants() {
        if vendor.is_some_and(|only| only != *each) {
            continue;
        }
        let driven = match each {
            Vendor::Octavus => octavus::drive(&message, live).await,
            Vendor::Modus => modus::drive(&message, live).await,
            Vendor::Middesk => middesk::drive(live).await,
            Vendor::Mosoo => mosoo::drive(&message, live).await,
            Vendor::DecoStudio => deco_studio::drive(&message, live).await,
        };
        match driven {
            Ok(()) => println!(),
            Err(Failure::Setup(error)) => {
                let others = if vendor.is_none() { "; --vendor picks one" } else { "" };
                eprintln!("drive: {}{others}", chain(&*error));
                return ExitCode::from(2);
            }
            Err(Failure::Run(error)) => {
                eprintln!("drive: {}", chain(&*error));
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn say(who: &str, what: &str) {
    println!("{who:>10}  {what}");
}

/// An error and its causes on one line.
fn chain(error: &dyn StdError) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", chain(cause)),
        None => error.to_string(),
    }
}
