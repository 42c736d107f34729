//! `auscult measure`: the figures of a period, each with its interval and what can be said.

use std::process::ExitCode;

use auscult_app::measure;

use super::open::{self, Which};
use crate::output;

/// The figures of a period.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// From when: 2026-11-01, 30d.
    #[arg(long, value_name = "D")]
    from: String,
    /// To when, exclusive; now when left out.
    #[arg(long, value_name = "D")]
    to: Option<String>,
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    which: Which,
}

/// Computes and shows.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    super::runtime()?.block_on(async {
        let (app, _, viewer) = open::workspace(&arguments.which).await?;
        let now = app.now();
        let from = open::since(&arguments.from, now)?;
        let to = arguments.to.as_deref().map_or(Ok(now), |text| open::since(text, now))?;
        let found = measure::compute(&app, &viewer, from, to).await?;
        app.store.close().await;
        if arguments.json {
            output::line(&serde_json::to_string(&found)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        for one in &found.estimates {
            let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
            output::line(&format!("{:<28} {:>12} [{} to {}] n={}", one.id, number(one.value), number(one.low), number(one.high), one.n))?;
        }
        Ok(ExitCode::SUCCESS)
    })
}
