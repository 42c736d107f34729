//! `auscult watch import`: queries of other suites, said again in the watch language (docs/specs/cli.md).

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use auscult_text::watch::Library;
use auscult_text::watch::foreign::{Dialect, Translation, translate};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::lines;
use crate::output;

/// Work on watches
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Translate queries of another suite, with an exact list of what could not be
    Import(Import),
}

#[derive(Debug, clap::Args)]
struct Import {
    /// The suite they were written for
    #[arg(long, value_name = "SUITE")]
    from: Dialect,
    /// Lists that fields may name: {"name", "entries"}
    #[arg(long, value_name = "FILE")]
    lists: Option<PathBuf>,
    /// End with exit code 2 when a query cannot be translated
    #[arg(long)]
    strict: bool,
    /// One query as it is, or one JSON object a line: {"id", "query"} (`-` is standard input)
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Debug, Deserialize)]
struct ListRow {
    name: String,
    entries: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct QueryRow {
    #[serde(default)]
    id: Option<Value>,
    query: String,
}

/// A row of the output: the id of its input, if it has one, and what became of the query.
#[derive(Debug, Serialize)]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    #[serde(flatten)]
    translation: Translation,
}

/// Does it.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    match &arguments.what {
        What::Import(import) => run_import(import),
    }
}

fn run_import(arguments: &Import) -> anyhow::Result<ExitCode> {
    let mut library = Library::new();
    let mut bad = 0;
    if let Some(file) = &arguments.lists {
        let (rows, unread) = lines::read_rows::<ListRow>(file)?;
        bad += unread;
        for row in rows.iter().rev() {
            // An earlier list of the same name stays.
            library.set_list(&row.name, &row.entries);
        }
    }
    let text = text_of(&arguments.file)?;
    for row in queries(&text, &arguments.file, &mut bad) {
        let translation = translate(&row.query, arguments.from, &library);
        bad += u64::from(translation.query.is_none());
        let answer = Answer {
            id: row.id,
            translation,
        };
        output::line(&serde_json::to_string(&answer)?)?;
    }
    Ok(ExitCode::from(if arguments.strict && bad > 0 {
        2
    } else {
        0
    }))
}

fn text_of(file: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin()
            .read_to_end(&mut bytes)
            .context("cannot read standard input")?;
    } else {
        bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    let text = String::from_utf8(bytes)
        .with_context(|| format!("{} is not UTF-8 text", file.display()))?;
    Ok(text.strip_prefix('\u{FEFF}').unwrap_or(&text).to_owned())
}

/// Rows of JSON when the first line is one, else the whole text as one query. Rows that cannot be read are reported.
fn queries(text: &str, file: &Path, bad: &mut u64) -> Vec<QueryRow> {
    let rows = || {
        (1_u64..)
            .zip(text.lines())
            .filter(|(_, row)| !row.trim().is_empty())
    };
    let is_json = rows()
        .next()
        .is_some_and(|(_, row)| serde_json::from_str::<QueryRow>(row).is_ok());
    if !is_json {
        return vec![QueryRow {
            id: None,
            query: text.trim_end().to_owned(),
        }];
    }
    let mut queries = Vec::new();
    for (line, row) in rows() {
        match serde_json::from_str(row) {
            Ok(query) => queries.push(query),
            Err(error) => {
                *bad += 1;
                let row = serde_json::json!({
                    "file": file.display().to_string(),
                    "line": line,
                    "message": lines::plain(&error),
                });
                output::say(&row.to_string());
            }
        }
    }
    queries
}
