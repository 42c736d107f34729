//! Watches as members work with them.

use auscult_model::ids::WatchId;
use auscult_model::member::Viewer;
use auscult_model::watch::{NamedList, Watch, WatchVersion};
use auscult_store::watch;

use crate::app::App;
use crate::error::AppError;

/// Watches of the workspace, by name.
pub async fn list(app: &App, viewer: &Viewer) -> Result<Vec<Watch>, AppError> {
    Ok(watch::list(&mut app.read().await?, viewer).await?)
}

/// Lists of the workspace.
pub async fn lists(app: &App, viewer: &Viewer) -> Result<Vec<NamedList>, AppError> {
    Ok(watch::lists(&mut app.read().await?, viewer).await?)
}

/// One watch.
pub async fn get(app: &App, viewer: &Viewer, id: WatchId) -> Result<Watch, AppError> {
    Ok(watch::get(&mut app.read().await?, viewer, id).await?)
}

/// Its wordings, newest first.
pub async fn versions(app: &App, viewer: &Viewer, id: WatchId) -> Result<Vec<WatchVersion>, AppError> {
    Ok(watch::versions(&mut app.read().await?, viewer, id).await?)
}
