//! `auscult identifiers`: what identifies a person in posts (docs/specs/cli.md).

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use auscult_text::identifiers::{AllowList, find};
use auscult_text::token::Offsets;
use serde::Deserialize;
use serde_json::{Value, json};

use super::lines::{self, Work};

/// Find what identifies a person.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Posts, one JSON object a line (`-` is standard input)
    #[arg(long, value_name = "FILE")]
    posts: PathBuf,
    #[command(flatten)]
    work: Work,
}

#[derive(Debug, Deserialize)]
struct Row {
    #[serde(default)]
    id: Value,
    text: String,
}

/// Does it.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let start = Instant::now();
    let allow = AllowList::default();
    let warmed = find("Mrs Hill, 555-0100", &allow).len();
    tracing::debug!(warmed, "word lists are read");
    let setup = start.elapsed();
    let done = lines::answer_rows(
        &arguments.posts,
        &arguments.work,
        || (),
        |(), row, out| {
            let row: Row = serde_json::from_str(row).map_err(|error| lines::plain(&error))?;
            let offsets = Offsets::new(&row.text);
            let spans: Vec<Value> = find(&row.text, &allow)
            .into_iter()
            .map(|span| {
                let value = row.text.get(span.start..span.end).unwrap_or_default();
                json!({"type": span.kind, "start": offsets.code_points(span.start), "end": offsets.code_points(span.end), "value": value})
            })
            .collect();
            let answer = json!({"id": row.id, "spans": spans});
            serde_json::to_writer(&mut *out, &answer).map_err(|error| error.to_string())?;
            out.push(b'\n');
            Ok(())
        },
    )?;
    done.say_stats(&arguments.work, setup);
    Ok(done.exit_code(&arguments.work))
}
