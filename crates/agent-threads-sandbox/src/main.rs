//! The sandbox on its own: prints where the vendors are and runs until Ctrl-C.

use std::io;

use agent_threads_sandbox::Sandbox;
use agent_threads_sandbox::deco_studio::DecoStudio;
use agent_threads_sandbox::middesk::Middesk;
use agent_threads_sandbox::modus::Modus;
use agent_threads_sandbox::mosoo::{Dialect, Mosoo};
use agent_threads_sandbox::octavus::{Generation, Octavus};
use clap::Parser;

/// A local server that behaves like the vendors the agent-threads clients talk to.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Port on 127.0.0.1 for Octavus; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    octavus_port: u16,
    /// The generation of Octavus's API, from 1 to 5
    #[arg(long, default_value = "1", value_parser = generation)]
    octavus_generation: Generation,
    /// Port on 127.0.0.1 for Modus; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    modus_port: u16,
    /// Port on 127.0.0.1 for Middesk; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    middesk_port: u16,
    /// Port on 127.0.0.1 for Mosoo; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    mosoo_port: u16,
    /// The dialect of Mosoo's API: seed or current
    #[arg(long, default_value = "seed", value_parser = dialect)]
    mosoo_dialect: Dialect,
    /// Port on 127.0.0.1 for deco Studio; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    deco_studio_port: u16,
    /// How many threads or runs each vendor keeps, and how many requests. Unless set, all are kept, and 10,000
    /// requests
    #[arg(long)]
    keep: Option<usize>,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let args = Args::parse();
    let builder = Sandbox::builder().octavus_port(args.octavus_port).modus_port(args.modus_port);
    let builder = builder.middesk_port(args.middesk_port).mosoo_port(args.mosoo_port);
    let builder = builder.deco_studio_port(args.deco_studio_port);
    let sandbox = builder.start().await?;
    if let Some(most) = args.keep {
        keep(&sandbox, most);
    }
    sandbox.octavus().set_generation(args.octavus_generation);
    sandbox.mosoo().set_dialect(args.mosoo_dialect);
    println!("{}", describe_octavus(&sandbox.octavus()));
    println!("{}", describe_modus(&sandbox.modus()));
    println!("{}", describe_middesk(&sandbox.middesk()));
    println!("{}", describe_mosoo(&sandbox.mosoo(), args.mosoo_dialect));
    println!("{}", describe_deco_studio(&sandbox.deco_studio()));
    println!("Ctrl-C stops the sandbox.");
    tokio::signal::ctrl_c().await?;
    sandbox.shutdown().await;
    Ok(())
}

fn keep(sandbox: &Sandbox, most: usize) {
    sandbox.octavus().keep(most);
    sandbox.octavus().keep_requests(most);
    sandbox.modus().keep(most);
    sandbox.modus().keep_requests(most);
    sandbox.middesk().keep(most);
    sandbox.middesk().keep_requests(most);
    sandbox.mosoo().keep(most);
    sandbox.mosoo().keep_requests(most);
    sandbox.deco_studio().keep(most);
    sandbox.deco_studio().keep_requests(most);
}

fn generation(text: &str) -> Result<Generation, &'static str> {
    match text {
        "1" => Ok(Generation::G1),
        "2" => Ok(Generation::G2),
        "3" => Ok(Generation::G3),
        "4" => Ok(Generation::G4),
        "5" => Ok(Generation::G5),
        _ => Err("there are the generations 1 to 5"),
    }
}

fn dialect(text: &str) -> Result<Dialect, &'static str> {
    match text {
        "seed" => Ok(Dialect::Seed),
        "current" => Ok(Dialect::Current),
        _ => Err("there are seed and current"),
    }
}

fn describe_octavus(octavus: &Octavus) -> String {
    let (url, key, agent) = (octavus.url(), octavus.key(), octavus.agent_id());
    format!(
        r#"Octavus
  URL       {url}
  key       {key}
  agent id  {agent}

curl -X POST {url}/api/v1/workforce/agents/{agent}/threads \
  -H "Authorization: Bearer {key}" \
  -H "Content-Type: application/json" \
  -d '{{ "message": "Summarize the latest sales report" }}'
"#
    )
}

fn describe_modus(modus: &Modus) -> String {
    let (url, key, organization) = (modus.url(), modus.key(), modus.organization_id());
    format!(
        r#"Modus
  URL              {url}
  key              {key}
  organization id  {organization}

curl -N -X POST {url}/agent/runs \
  -H "Authorization: Bearer {key}" \
  -H "Content-Type: application/json" \
  -d '{{ "message": "Which tickets are open?", "sessionId": "session-1", "organizationId": "{organization}" }}'
"#
    )
}

fn describe_middesk(middesk: &Middesk) -> String {
    let (url, key, business) = (middesk.url(), middesk.key(), middesk.business_id());
    let agent = middesk.agent_type();
    format!(
        r#"Middesk
  URL          {url}
  key          {key}
  agent type   {agent}
  business id  {business}

curl -X POST {url}/v1/threads \
  -H "Authorization: Bearer {key}" \
  -H "Content-Type: application/json" \
  -d '{{ "type": "{agent}", "business_id": "{business}" }}'
"#
    )
}

fn describe_mosoo(mosoo: &Mosoo, dialect: Dialect) -> String {
    let (token, agent) = (mosoo.token(), mosoo.agent_id());
    // As the client takes it: the path is part of the vendor's base URL.
    let url = format!("{}/api/v1", mosoo.url());
    let whose = match dialect {
        Dialect::Seed => r#""client_external_ref": "quickstart-001""#,
        _ => r#""userId": "quickstart-001""#,
    };
    format!(
        r#"Mosoo
  URL       {url}
  token     {token}
  agent id  {agent}

curl -X POST {url}/agents/{agent}/threads \
  -H "Authorization: Bearer {token}" \
  -H "Content-Type: application/json" \
  -d '{{ {whose}, "input": {{ "type": "user.message", "content": [{{ "type": "text", "text": "Say hello" }}] }} }}'
"#
    )
}

fn describe_deco_studio(deco: &DecoStudio) -> String {
    let (url, key, agent) = (deco.url(), deco.key(), deco.agent_id());
    let organization = deco.organization();
    format!(
        r#"deco Studio
  URL           {url}
  key           {key}
  organization  {organization}
  agent id      {agent}

curl -X POST {url}/api/{organization}/tools/COLLECTION_THREADS_CREATE \
  -H "Authorization: Bearer {key}" \
  -H "Content-Type: application/json" \
  -d '{{ "data": {{ "title": "Support chat", "virtual_mcp_id": "{agent}" }} }}'
"#
    )
}
