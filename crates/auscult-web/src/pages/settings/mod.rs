//! Settings of the member and of the workspace.

mod channels;
mod me;
mod organisation;
mod records;
mod rules;
mod team;

use auscult_app::right::Right;
use axum::Router;
use axum::response::Redirect;
use axum::routing::get;

use crate::pages::words::Done;
use crate::pages::{Signed, Site};
use crate::view::shell::{Place, Shell};

/// The routes of this capability.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/settings", get(start))
        .merge(channels::routes())
        .merge(me::routes())
        .merge(organisation::routes())
        .merge(records::routes())
        .merge(rules::routes())
        .merge(team::routes())
}

/// Those who manage begin with the organisation, everybody else with their own settings.
async fn start(signed: Signed) -> Redirect {
    Redirect::to(if Right::Settings.of(signed.viewer()) { "/settings/organisation" } else { "/settings/me" })
}

fn frame(signed: &Signed, done: &Done) -> Shell {
    let mut shell = signed.shell(Place::Settings);
    shell.flash = done.flash();
    shell
}

/// A value of a form that may hold a name several times.
fn value<'f>(form: &'f [(String, String)], name: &str) -> &'f str {
    form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
}
