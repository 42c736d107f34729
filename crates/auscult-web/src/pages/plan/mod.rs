//! The plan: the calendar by week and month, and the editor of a piece. Everything works with plain forms.

mod calendar;
mod editor;
mod form;

use auscult_app::answer;
use auscult_app::error::AppError;
use auscult_app::plan::{piece, schedule};
use auscult_model::approval::ApprovalWord;
use auscult_model::ids::{ApprovalId, ChannelId, OccurrenceId, PieceId, VariantId};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use serde::Deserialize;

use crate::error::PageError;
use crate::pages::inbox::guard_view;
use crate::pages::plan::form::Typed;
use crate::pages::{Signed, Site};
use crate::render::{html, page, page_with};
use crate::said::Said;
use crate::ui::Audience;
use crate::view::inbox::{GuardAnswer, Verdict};

/// The routes of this capability.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/plan", get(calendar::page))
        .route("/plan/new", get(blank).post(make))
        .route("/plan/new/schedule", post(make_and_schedule))
        .route("/plan/check", post(check))
        .route("/plan/variants/{id}", get(variant))
        .route("/plan/{id}", get(open).post(save))
        .route("/plan/{id}/schedule", post(save_and_schedule))
        .route("/plan/{id}/ask", post(ask))
        .route("/plan/{id}/approve", post(approve))
        .route("/plan/{id}/return", post(give_back))
        .route("/plan/{id}/cancel", post(cancel))
}

/// What an empty editor begins with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Begin {
    day: Option<String>,
    idea: Option<i64>,
    add: Option<i64>,
}

async fn blank(
    State(site): State<Site>,
    signed: Signed,
    Query(begin): Query<Begin>,
) -> Result<Response, PageError> {
    let typed = editor::begun(&site, &signed, begin.day.as_deref(), begin.idea).await?;
    page(
        &signed.visit.reader,
        &editor::view(&site, &signed, None, Some(&typed), None).await?,
    )
}

async fn open(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<i64>,
    Query(begin): Query<Begin>,
) -> Result<Response, PageError> {
    let mut view = editor::view(&site, &signed, Some(PieceId(id)), None, None).await?;
    if let Some(channel) = begin.add {
        editor::add(&site, &signed, &mut view, ChannelId(channel)).await?;
    }
    page(&signed.visit.reader, &view)
}

async fn variant(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<i64>,
) -> Result<Redirect, PageError> {
    let piece = schedule::piece_of(&site.app, signed.viewer(), VariantId(id)).await?;
    Ok(Redirect::to(&format!("/plan/{piece}")))
}

/// The editor again, with what was typed and what is wrong.
async fn refused(
    site: &Site,
    signed: &Signed,
    (id, typed): (Option<PieceId>, &Typed),
    error: AppError,
) -> Result<Response, PageError> {
    let (status, field, words) = match error {
        AppError::Invalid { field, message } => (
            StatusCode::UNPROCESSABLE_ENTITY,
            field,
            Said::plain(message),
        ),
        AppError::Conflict(why) => (StatusCode::CONFLICT, String::new(), Said::plain(why)),
        AppError::Guarded(_) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "guard".to_owned(),
            Said::key("piece-blocked-guard-any"),
        ),
        AppError::Unavailable(why) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            String::new(),
            Said::plain(why),
        ),
        other @ (AppError::NotFound(_)
        | AppError::Forbidden(_)
        | AppError::RetryAt(_)
        | AppError::Broken(_)) => return Err(other.into()),
    };
    let view = editor::view(site, signed, id, Some(typed), Some((&field, words))).await?;
    page_with(status, &signed.visit.reader, &view)
}

async fn stored(
    site: &Site,
    signed: &Signed,
    id: Option<PieceId>,
    typed: &Typed,
) -> Result<PieceId, AppError> {
    let written = typed.written(id, &signed.actor.workspace.settings.time_zone)?;
    piece::save(&site.app, signed.viewer(), &written).await
}

async fn keep(
    site: &Site,
    signed: &Signed,
    id: Option<PieceId>,
    typed: &Typed,
) -> Result<Response, PageError> {
    match stored(site, signed, id, typed).await {
        Ok(id) => Ok(Redirect::to(&typed.next(id)).into_response()),
        Err(error) => refused(site, signed, (id, typed), error).await,
    }
}

async fn keep_and_schedule(
    site: &Site,
    signed: &Signed,
    id: Option<PieceId>,
    typed: &Typed,
) -> Result<Response, PageError> {
    let id = match stored(site, signed, id, typed).await {
        Ok(id) => id,
        Err(error) => return refused(site, signed, (id, typed), error).await,
    };
    match schedule::schedule(&site.app, signed.viewer(), id, typed.get("at")).await {
        Ok(_) => Ok(Redirect::to(&format!("/plan/{id}")).into_response()),
        Err(error) => {
            refused(
                site,
                signed,
                (Some(id), &typed.at_version(site, signed, id).await?),
                error,
            )
            .await
        }
    }
}

async fn make(
    State(site): State<Site>,
    signed: Signed,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    keep(&site, &signed, None, &Typed(form)).await
}

async fn save(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<i64>,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    keep(&site, &signed, Some(PieceId(id)), &Typed(form)).await
}

async fn make_and_schedule(
    State(site): State<Site>,
    signed: Signed,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    keep_and_schedule(&site, &signed, None, &Typed(form)).await
}

async fn save_and_schedule(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<i64>,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    keep_and_schedule(&site, &signed, Some(PieceId(id)), &Typed(form)).await
}

async fn ask(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<i64>,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let (id, typed) = (PieceId(id), Typed(form));
    if let Err(error) = stored(&site, &signed, Some(id), &typed).await {
        return refused(&site, &signed, (Some(id), &typed), error).await;
    }
    match piece::ask(&site.app, signed.viewer(), id).await {
        Ok(_) => Ok(Redirect::to(&format!("/plan/{id}")).into_response()),
        Err(error) => {
            refused(
                &site,
                &signed,
                (Some(id), &typed.at_version(&site, &signed, id).await?),
                error,
            )
            .await
        }
    }
}

async fn approve(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<i64>,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Redirect, PageError> {
    decide(
        &site,
        &signed,
        PieceId(id),
        &Typed(form),
        ApprovalWord::Approve,
    )
    .await
}

async fn give_back(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<i64>,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Redirect, PageError> {
    decide(
        &site,
        &signed,
        PieceId(id),
        &Typed(form),
        ApprovalWord::Return,
    )
    .await
}

async fn decide(
    site: &Site,
    signed: &Signed,
    id: PieceId,
    typed: &Typed,
    word: ApprovalWord,
) -> Result<Redirect, PageError> {
    let (approval, hash) = typed.pair("approval")?;
    answer::decide(
        &site.app,
        signed.viewer(),
        ApprovalId(approval),
        hash,
        word,
        typed.get("why"),
    )
    .await?;
    Ok(Redirect::to(&format!("/plan/{id}")))
}

async fn cancel(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<i64>,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Redirect, PageError> {
    let typed = Typed(form);
    let (sending, version) = typed.pair("sending")?;
    let version = version.parse().map_err(|_| PageError::Bad {
        why: "the sending has no version; open the piece again".to_owned(),
    })?;
    schedule::cancel(&site.app, signed.viewer(), OccurrenceId(sending), version).await?;
    Ok(Redirect::to(&format!("/plan/{id}")))
}

#[derive(Deserialize)]
struct CheckForm {
    channel: i64,
    text: String,
}

/// The guard and the count while somebody types.
async fn check(
    State(site): State<Site>,
    signed: Signed,
    Form(form): Form<CheckForm>,
) -> Result<Json<GuardAnswer>, PageError> {
    let checked = piece::check(
        &site.app,
        signed.viewer(),
        ChannelId(form.channel),
        &form.text,
    )
    .await?;
    let view = guard_view(&checked.judged, 0, Audience::Public);
    let reader = &signed.visit.reader;
    Ok(Json(GuardAnswer {
        findings: view.marks(),
        blocked: view.verdict == Verdict::Block,
        said: reader.locale.say(&view.head()),
        html: html(reader, &view)?,
        count: checked.count.to_string(),
        over: checked.count.left() < 0,
        draft: 0,
    }))
}
