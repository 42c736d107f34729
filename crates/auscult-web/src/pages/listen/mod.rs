//! Listening: watches with their editor, named lists, sources.

mod bring;
mod imports;
mod lists;
mod sources;
mod watches;

pub(crate) use sources::turn;

use axum::Router;

use crate::pages::Site;

/// The routes of this capability.
pub fn routes() -> Router<Site> {
    Router::new()
        .merge(watches::routes())
        .merge(lists::routes())
        .merge(imports::routes())
        .merge(sources::routes())
}
