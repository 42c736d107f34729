//! Watches as members work with them.

use auscult_model::ids::WatchId;
use auscult_model::member::Viewer;
use auscult_model::watch::{NamedList, Watch, WatchVersion};
use auscult_store::watch;
pub use auscult_store::watch::NewWatch;

use crate::access::{note, required};
use crate::app::App;
use crate::error::AppError;
use crate::right::Right;
use crate::search;

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
pub async fn versions(
    app: &App,
    viewer: &Viewer,
    id: WatchId,
) -> Result<Vec<WatchVersion>, AppError> {
    Ok(watch::versions(&mut app.read().await?, viewer, id).await?)
}

/// Makes a watch; one with faults is refused with the first of them, its place and the mend.
pub async fn add(app: &App, viewer: &Viewer, new: NewWatch) -> Result<WatchId, AppError> {
    Right::Listen.demand(viewer)?;
    let name = required("name", &new.name, 120)?;
    if search::compile(app, viewer.workspace, &new.query)?.is_none() {
        return Err(AppError::invalid("query", "please say what to listen for"));
    }
    let now = app.now();
    let mut tx = app.begin().await?;
    let id = watch::add(&mut tx, viewer, &NewWatch { name, ..new }, now).await?;
    note(&mut tx, viewer, "watch.made", ("watch", id.0), now);
    app.commit(tx).await?;
    Ok(id)
}
