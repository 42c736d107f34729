//! Queries that people bring from another suite.

use auscult_model::member::Viewer;
use auscult_text::watch::foreign::translate;
pub use auscult_text::watch::foreign::{Dialect, Faith, Remark, Translation};

use crate::app::App;
use crate::error::AppError;
use crate::right::Right;

/// The longest query that is translated while somebody waits for a page; the command takes longer ones.
const LONGEST: usize = 100_000;

/// Says a query of another suite in the watch language. Nothing is kept.
pub async fn bring(
    app: &App,
    viewer: &Viewer,
    dialect: Dialect,
    text: &str,
) -> Result<Translation, AppError> {
    Right::Listen.demand(viewer)?;
    let text = text.trim();
    if text.is_empty() {
        return Err(AppError::invalid("foreign", "paste the query here first"));
    }
    if text.len() > LONGEST {
        return Err(AppError::invalid(
            "foreign",
            "this query is very long; translate it on the server with: auscult watch import",
        ));
    }
    let library = app
        .watches
        .with_library(viewer.workspace, auscult_text::watch::Library::clone);
    let text = text.to_owned();
    let work = tokio::task::spawn_blocking(move || translate(&text, dialect, &library));
    work.await
        .map_err(|error| AppError::broken(format!("translating a query: {error}")))
}
