//! `auscult migrate`: brings the schema of the store up to date, and nothing else.

use std::process::ExitCode;

use auscult_store::SCHEMA;

use super::open;
use crate::output;
use crate::settings::Place;

/// Bring the schema of the store up to date.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
}

/// Opening the store is what migrates it.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    super::runtime()?.block_on(async {
        let app = open::app(&arguments.place).await?;
        app.store.close().await;
        output::say(&format!("the store has schema {SCHEMA}"));
        Ok(ExitCode::SUCCESS)
    })
}
