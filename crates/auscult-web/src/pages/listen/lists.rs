//! Named lists: the words behind `list:name`.

use auscult_app::error::AppError;
use auscult_app::listen::{editor, watches};
use auscult_app::right::Right;
use auscult_model::ids::ListId;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::error::PageError;
use crate::pages::welcome::lines;
use crate::pages::words::Done;
use crate::pages::{Signed, Site};
use crate::render::{page, page_with};
use crate::said::Said;
use crate::ui::Field;
use crate::view::listen::{ListCard, ListsPage};
use crate::view::shell::Place;

/// The routes of lists.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/listen/lists", get(show).post(save))
        .route("/listen/lists/{id}/remove", post(remove))
}

async fn view(
    site: &Site,
    signed: &Signed,
    name: Field,
    entries: Field,
) -> Result<ListsPage, PageError> {
    let all = watches::lists(&site.app, signed.viewer()).await?;
    let card = |list: &auscult_model::watch::NamedList| ListCard {
        id: list.id.0,
        name: list.name.clone(),
        count: list.entries.len(),
        entries: Field::with(list.entries.join("\n")),
        version: list.version,
    };
    Ok(ListsPage {
        shell: signed.shell(Place::Listen),
        lists: all.iter().map(card).collect(),
        name,
        entries,
        may_change: Right::Listen.of(signed.viewer()),
    })
}

async fn show(
    State(site): State<Site>,
    signed: Signed,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let mut view = view(&site, &signed, Field::default(), Field::default()).await?;
    view.shell.flash = done.flash();
    page(&signed.visit.reader, &view)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ListForm {
    name: String,
    entries: String,
    version: i64,
}

async fn save(
    State(site): State<Site>,
    signed: Signed,
    Form(form): Form<ListForm>,
) -> Result<Response, PageError> {
    match editor::save_list(
        &site.app,
        signed.viewer(),
        &form.name,
        lines(&form.entries),
        form.version,
    )
    .await
    {
        Ok(()) => Ok(Redirect::to("/listen/lists?saved=1").into_response()),
        Err(AppError::Invalid { message, .. }) => {
            let name = Field::with(form.name).wrong(Said::plain(message));
            let view = view(&site, &signed, name, Field::with(form.entries)).await?;
            page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &signed.visit.reader,
                &view,
            )
        }
        Err(error) => Err(error.into()),
    }
}

async fn remove(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<ListId>,
) -> Result<Response, PageError> {
    editor::remove_list(&site.app, signed.viewer(), id).await?;
    Ok(Redirect::to("/listen/lists").into_response())
}
