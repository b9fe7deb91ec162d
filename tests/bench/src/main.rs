//! The clients beside what people would use instead, in one table.
//!
//! ```text
//! cargo run --release -p agent-threads-bench                            everything
//! cargo run --release -p agent-threads-bench -- events typed            these groups
//! cargo run --release -p agent-threads-bench -- times events            no counts of instructions
//! cargo run --release -p agent-threads-bench -- instructions events     nothing else
//! ```
//!
//! Times are medians of rounds in which ours and its peers take turns, so that a machine which slows down slows all of
//! them. Counts of instructions come from callgrind, where valgrind is installed; they are the same whatever else the
//! machine does. Less is better in every row. What cannot be measured on a machine says why.

mod build;
mod call;
mod case;
mod codegen;
mod cpu;
mod events;
mod goal;
mod group;
mod instructions;
mod messages;
mod open;
mod paging;
mod server;
mod table;
mod typed;
mod unit;
mod wire;

use group::{Group, Measure};
use std::process::ExitCode;
use table::Table;

/// In the order of the table.
const GROUPS: [Group; 8] = [
    events::GROUP,
    typed::GROUP,
    messages::GROUP,
    call::GROUP,
    open::GROUP,
    paging::GROUP,
    build::GROUP,
    codegen::GROUP,
];

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args().skip(1).collect();
    if let [first, group, number] = &*words
        && first == instructions::CHILD
    {
        return found(group).map_or(ExitCode::FAILURE, |group| group.run_to_be_counted(number));
    }
    match words.split_first() {
        Some((word, _)) if word == server::CHILD => return server::run(),
        Some((word, rest)) if word == open::CHILD => return open::run(rest),
        Some((word, rest)) if word == codegen::CHILD => return codegen::run(rest),
        _ => {}
    }
    let (measure, names) = match words.split_first() {
        Some((word, names)) if word == "times" => (Measure::Times, names),
        Some((word, names)) if word == "instructions" => (Measure::Instructions, names),
        _ => (Measure::Both, &*words),
    };
    let chosen: Option<Vec<_>> = names.iter().map(|name| found(name)).collect();
    let Some(chosen) = chosen else {
        let names = GROUPS.map(|group| group.name).join(", ");
        eprintln!("usage: [times | instructions] [GROUP]..., where the groups are {names}");
        return ExitCode::FAILURE;
    };
    let chosen = if chosen.is_empty() { GROUPS.iter().collect() } else { chosen };
    let tables: Vec<Table> = chosen
        .into_iter()
        .map(|group| {
            let table = group.table(measure);
            println!("{table}");
            table
        })
        .collect();
    println!("{}", table::summary(&tables));
    ExitCode::SUCCESS
}

fn found(name: &str) -> Option<&'static Group> {
    const { &GROUPS }.iter().find(|group| group.name == name)
}
