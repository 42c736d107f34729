//! `auscult guard`: judges drafts together with the posts they answer (docs/specs/cli.md).

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use auscult_text::guard::{Case, Policy, Region, check};
use serde::Deserialize;
use serde_json::{Value, json};

use super::lines::{self, Work};

/// Judge drafts: may they go out?
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Cases, one JSON object a line (`-` is standard input)
    #[arg(long, value_name = "FILE")]
    cases: PathBuf,
    /// The law where a case names none
    #[arg(long, value_enum, value_name = "REGION", default_value_t = RegionName::Us)]
    region: RegionName,
    /// Add the rule set that judged
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    work: Work,
}

/// A region as it is written on the command line.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum RegionName {
    Us,
    Uk,
    Eu,
}

#[derive(Debug, Deserialize)]
struct Row {
    #[serde(default)]
    id: Value,
    #[serde(flatten)]
    case: Case,
}

/// Does it.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let start = Instant::now();
    let policy = Policy::of_region(match arguments.region {
        RegionName::Us => Region::Us,
        RegionName::Uk => Region::Uk,
        RegionName::Eu => Region::Eu,
    });
    // Rules and word lists are read once, before the first row.
    let ruleset = check(&Case::reply("", "your visit"), &policy).ruleset;
    let setup = start.elapsed();
    let done = lines::answer_rows(
        &arguments.cases,
        &arguments.work,
        || (),
        |(), row, out| {
            let row: Row = serde_json::from_str(row).map_err(|error| lines::plain(&error))?;
            let report = check(&row.case, &policy);
            let mut answer = json!({
                "id": row.id,
                "verdict": report.verdict,
                "findings": report.in_code_points(&row.case.draft),
            });
            if arguments.explain
                && let Some(answer) = answer.as_object_mut()
            {
                answer.insert("ruleset".to_owned(), json!(ruleset));
            }
            serde_json::to_writer(&mut *out, &answer).map_err(|error| error.to_string())?;
            out.push(b'\n');
            Ok(())
        },
    )?;
    done.say_stats(&arguments.work, setup);
    Ok(done.exit_code(&arguments.work))
}
