//! `auscult presence`: what people say about a name, counted from what was heard.

use std::process::ExitCode;

use anyhow::bail;
use auscult_app::presence::{self, Named};
use jiff::SignedDuration;

use super::open::{self, Which};
use crate::output;

/// What people say about a name.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The names.
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    /// Names of places of care.
    #[arg(long, value_name = "N")]
    place: Vec<String>,
    /// Names of clinicians who agreed.
    #[arg(long, value_name = "N")]
    clinician: Vec<String>,
    /// How far back.
    #[arg(long, default_value = "90d", value_name = "SINCE")]
    since: String,
    /// Count what the archive holds.
    #[arg(long)]
    from_archive: bool,
    /// One JSON object instead of a page.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    which: Which,
}

/// Counts and shows.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    if !arguments.from_archive {
        bail!("networks open their search to signed-in accounts only: connect one (auscult channel add), let it listen, then ask with --from-archive");
    }
    super::runtime()?.block_on(async {
        let (app, _, viewer) = open::workspace(&arguments.which).await?;
        let from = open::since(&arguments.since, app.now())?;
        let names: Vec<String> = [arguments.names, arguments.place, arguments.clinician].concat();
        let found = presence::of_names(&app, &viewer, &names, from).await?;
        app.store.close().await;
        if arguments.json {
            output::line(&serde_json::to_string(&found)?)?;
        } else {
            let days = app.now().duration_since(from).max(SignedDuration::ZERO).as_hours() / 24;
            output::line(&page(&names, days, &found))?;
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn page(names: &[String], days: i64, found: &Named) -> String {
    let more = if found.complete { "" } else { " (the newest; there are more)" };
    let mut text = format!("{}: {} posts in {days} days{more}\n", names.join(", "), found.posts);
    for (title, table) in [("where", &found.sources), ("tone", &found.sentiments), ("about", &found.topics), ("what for", &found.intents)] {
        text += &format!("\n{title}\n");
        for (name, count) in table.iter().take(8) {
            text += &format!("  {count:>7}  {name}\n");
        }
    }
    text.push_str("\nread first\n");
    for line in &found.read_first {
        text += &format!("  {line}\n");
    }
    text
}
