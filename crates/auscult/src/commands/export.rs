//! `auscult export`: rows out, page by page. Cells that a spreadsheet would take for a formula are made safe.

use std::process::ExitCode;

use auscult_app::export::{self, Kind, Wanted};
use serde_json::{Map, Value};

use super::open::{self, Which};
use crate::output;

/// Export rows of a workspace.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What.
    #[arg(value_enum)]
    what: What,
    /// The form.
    #[arg(long, value_enum, default_value = "jsonl")]
    format: Form,
    /// A query of the watch language, for posts.
    #[arg(long, default_value = "", value_name = "Q")]
    query: String,
    /// From when: 90d, 2026-11-01.
    #[arg(long, value_name = "SINCE")]
    since: Option<String>,
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum What {
    /// What was heard.
    Posts,
    /// The inbox, without notes.
    Conversations,
    /// The decision record.
    Decisions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// One JSON object a line.
    Jsonl,
    /// Rows with a header.
    Csv,
}

/// Writes the rows to standard output.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    super::runtime()?.block_on(async {
        let (app, _, viewer) = open::workspace(&arguments.which).await?;
        let kind = match arguments.what {
            What::Posts => Kind::Posts,
            What::Conversations => Kind::Conversations,
            What::Decisions => Kind::Decisions,
        };
        let from = arguments.since.as_deref().map(|text| open::since(text, app.now())).transpose()?;
        let wanted = Wanted { kind, query: arguments.query.clone(), from };
        let columns = export::columns(kind);
        if arguments.format == Form::Csv {
            output::line(&export::csv_line(columns.iter().map(|(name, _)| (*name).to_owned())))?;
        }
        let mut place = Some(export::Place::default());
        while let Some(at) = place {
            let (rows, next) = export::page(&app, &viewer, &wanted, at).await?;
            let mut text = String::new();
            for row in rows {
                text.push_str(&written(arguments.format, columns, row));
                text.push('\n');
            }
            output::lines(text.as_bytes())?;
            place = next;
        }
        app.store.close().await;
        Ok(ExitCode::SUCCESS)
    })
}

fn written(form: Form, columns: &[(&str, &str)], row: Map<String, Value>) -> String {
    let row = Value::Object(row);
    match form {
        Form::Jsonl => row.to_string(),
        Form::Csv => export::csv_line(columns.iter().map(|(_, pointer)| export::cell(row.pointer(pointer)))),
    }
}
