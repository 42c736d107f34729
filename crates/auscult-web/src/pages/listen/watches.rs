//! Watches: the list with what is new, and the editor with errors in place, a backtest while typing, and old wordings.

use std::collections::BTreeMap;

use auscult_app::error::AppError;
use auscult_app::listen::{editor, watches};
use auscult_app::right::Right;
use auscult_app::{access, archive};
use auscult_model::ids::WatchId;
use auscult_model::watch::Watch;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::SignedDuration;
use serde::Deserialize;

use crate::charts::{Bar, Bars, Body, Chart, DataTable, Spark};
use crate::error::PageError;
use crate::pages::words::{Done, bare, hit, plain, query_errors};
use crate::pages::{Signed, Site};
use crate::render::{page, page_with};
use crate::said::Said;
use crate::ui::{Field, State as Shown, Tone};
use crate::view::listen::{Backtest, Hit, WatchLine, WatchPage, Wording};
use crate::view::shell::Place;

/// The routes of watches.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/listen", get(super::sources::listen))
        .route("/listen/watches/new", get(new_page).post(add))
        .route("/listen/watches/check", post(check))
        .route("/listen/watches/bring", post(super::bring::take))
        .route("/listen/watches/{id}", get(edit_page).post(change))
        .route("/listen/watches/{id}/remove", post(remove))
}

/// All watches with what they heard in the last day.
pub(super) async fn lines(
    site: &Site,
    signed: &Signed,
    current: Option<WatchId>,
) -> Result<Vec<WatchLine>, PageError> {
    let now = signed.visit.reader.now;
    let all = watches::list(&site.app, signed.viewer()).await?;
    let fresh = editor::hits_since(
        &site.app,
        signed.viewer(),
        now - SignedDuration::from_hours(24),
    )
    .await?;
    Ok(all
        .iter()
        .map(|watch| line(watch, &fresh, current))
        .collect())
}

fn line(watch: &Watch, fresh: &BTreeMap<WatchId, i64>, current: Option<WatchId>) -> WatchLine {
    let state = if watch.active {
        Shown {
            tone: Tone::Ok,
            text: Said::key("watch-listens"),
        }
    } else {
        Shown {
            tone: Tone::Plain,
            text: Said::key("watch-rests"),
        }
    };
    WatchLine {
        path: format!("/listen/watches/{}", watch.id),
        name: watch.name.clone(),
        what: watch
            .query
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .chars()
            .take(160)
            .collect(),
        fresh: fresh.get(&watch.id).copied().unwrap_or(0),
        state,
        spark: Spark::default(),
        current: Some(watch.id) == current,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct WatchForm {
    name: String,
    pub(super) query: String,
    active: Option<String>,
    opens: Option<String>,
    why: String,
    version: i64,
    /// A query of another suite, and which.
    pub(super) dialect: String,
    pub(super) foreign: String,
}

impl WatchForm {
    fn entered(&self) -> editor::Entered {
        editor::Entered {
            name: self.name.clone(),
            query: self.query.clone(),
            active: self.active.is_some(),
            opens: self.opens.is_some(),
            why: self.why.clone(),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Start {
    query: String,
}

async fn new_page(
    State(site): State<Site>,
    signed: Signed,
    Query(start): Query<Start>,
) -> Result<Response, PageError> {
    Right::Listen.demand(signed.viewer())?;
    let form = WatchForm {
        query: start.query,
        active: Some(String::new()),
        opens: Some(String::new()),
        ..WatchForm::default()
    };
    page(
        &signed.visit.reader,
        &editor_view(&site, &signed, None, &form, None).await?,
    )
}

async fn edit_page(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<WatchId>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let watch = watches::get(&site.app, signed.viewer(), id).await?;
    let switch = |on: bool| on.then(String::new);
    let form = WatchForm {
        name: watch.name.clone(),
        query: watch.query.clone(),
        active: switch(watch.active),
        opens: switch(watch.opens_conversations),
        version: watch.version,
        ..WatchForm::default()
    };
    let mut view = editor_view(&site, &signed, Some(&watch), &form, None).await?;
    view.shell.flash = done.flash();
    page(&signed.visit.reader, &view)
}

pub(super) async fn editor_view(
    site: &Site,
    signed: &Signed,
    watch: Option<&Watch>,
    form: &WatchForm,
    wrong: Option<Said>,
) -> Result<WatchPage, PageError> {
    let members = access::members(&site.app, signed.viewer()).await?;
    let versions = match watch {
        Some(watch) => watches::versions(&site.app, signed.viewer(), watch.id).await?,
        None => Vec::new(),
    };
    let who = |id: Option<_>| {
        members
            .iter()
            .find(|member| Some(member.id) == id)
            .map_or_else(|| "Auscult".to_owned(), |member| member.name.clone())
    };
    let wordings: Vec<Wording> = versions
        .iter()
        .map(|version| Wording {
            number: version.version,
            who: who(version.by),
            at: version.at,
            why: version.why.clone(),
            query: version.query.clone(),
        })
        .collect();
    let saved = watch.map(|watch| watch.query.as_str());
    let (backtest, topics) = tried(site, signed, &form.query, saved).await?;
    let name = Field::with(form.name.clone());
    Ok(WatchPage {
        shell: signed.shell(Place::Listen),
        path: watch.map_or_else(
            || "/listen/watches/new".to_owned(),
            |watch| format!("/listen/watches/{}", watch.id),
        ),
        name: match wrong {
            Some(wrong) => name.wrong(wrong),
            None => name,
        },
        query: form.query.clone(),
        bring: watch
            .is_none()
            .then(|| super::bring::folded(form.dialect.parse().ok(), &form.foreign)),
        backtest,
        changed: wordings
            .first()
            .map(|wording| (wording.who.clone(), wording.at)),
        opens: form.opens.is_some(),
        active: form.active.is_some(),
        version: form.version,
        versions: wordings,
        may_change: Right::Listen.of(signed.viewer()),
        watches: lines(site, signed, watch.map(|watch| watch.id)).await?,
        topics,
    })
}

/// The backtest as it is shown, and topics of the matches.
async fn tried(
    site: &Site,
    signed: &Signed,
    query: &str,
    saved: Option<&str>,
) -> Result<(Backtest, Vec<(Said, f64)>), PageError> {
    let viewer = signed.viewer();
    let zone = &signed.visit.reader.zone;
    let found = editor::backtest(&site.app, viewer, query, zone).await?;
    let before = match saved {
        Some(saved) if saved.trim() != query.trim() && found.errors.is_empty() => Some(
            editor::backtest(&site.app, viewer, saved, zone)
                .await?
                .matched,
        ),
        _ => None,
    };
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let posts = found
        .newest
        .iter()
        .map(|hit| &hit.post)
        .chain(found.near.iter().map(|near| &near.post));
    let numbers = archive::numbers(&site.app, viewer, posts).await?;
    let lang = signed.visit.reader.locale.tag();
    let near = |near: &editor::NearMiss| Hit {
        note: Some(
            Said::key(if near.is_there {
                "near-there"
            } else {
                "near-missing"
            })
            .with("clause", near.clause.clone()),
        ),
        ..bare(&near.post, &numbers, lang)
    };
    let view = Backtest {
        errors: query_errors(&found.errors),
        notes: found.notes.clone(),
        understood: String::new(),
        matched: count(found.matched),
        is_partial: found.is_partial,
        days: editor::DAYS,
        out_of: found.out_of,
        millis: found.millis,
        against_saved: before.map(|before| count(found.matched) - count(before)),
        chart: (!found.days.is_empty()).then(|| volume(&found.days, found.matched)),
        matches: found
            .newest
            .iter()
            .map(|marked| hit(marked, &numbers, lang))
            .collect(),
        near: found.near.iter().map(near).collect(),
    };
    let topics = found
        .topics
        .iter()
        .map(|(topic, share)| (Said::plain(plain(topic)), *share))
        .collect();
    Ok((view, topics))
}

fn volume(days: &[(String, i64)], matched: usize) -> Chart {
    let bar = |(at, (day, count)): (usize, &(String, i64))| Bar {
        value: Some(*count as f64),
        label: if at % 7 == 0 {
            day.get(5..).unwrap_or_default().to_owned()
        } else {
            String::new()
        },
        strong: true,
    };
    Chart {
        id: "volume",
        title: Said::key("volume-title")
            .with("n", matched)
            .with("days", days.len()),
        body: Body::Bars(Bars {
            bars: days.iter().enumerate().map(bar).collect(),
            usual: None,
            note: None,
        }),
        table: DataTable {
            heads: vec![Said::key("col-day"), Said::key("matches")],
            rows: days
                .iter()
                .map(|(day, count)| vec![day.clone(), count.to_string()])
                .collect(),
            csv: None,
        },
    }
}

async fn check(
    State(site): State<Site>,
    signed: Signed,
    Form(form): Form<WatchForm>,
) -> Result<Response, PageError> {
    let (view, _) = tried(&site, &signed, &form.query, None).await?;
    page(&signed.visit.reader, &view)
}

async fn add(
    State(site): State<Site>,
    signed: Signed,
    Form(form): Form<WatchForm>,
) -> Result<Response, PageError> {
    match editor::add(&site.app, signed.viewer(), &form.entered()).await {
        Ok(id) => Ok(Redirect::to(&format!("/listen/watches/{id}?saved=1")).into_response()),
        Err(error) => refused(&site, &signed, None, &form, error).await,
    }
}

async fn change(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<WatchId>,
    Form(form): Form<WatchForm>,
) -> Result<Response, PageError> {
    match editor::change(
        &site.app,
        signed.viewer(),
        (id, form.version),
        &form.entered(),
    )
    .await
    {
        Ok(()) => Ok(Redirect::to(&format!("/listen/watches/{id}?saved=1")).into_response()),
        Err(error) => {
            let watch = watches::get(&site.app, signed.viewer(), id).await?;
            refused(&site, &signed, Some(&watch), &form, error).await
        }
    }
}

/// What was typed stays; a fault of the query is shown by the backtest, one of the name at its field.
async fn refused(
    site: &Site,
    signed: &Signed,
    watch: Option<&Watch>,
    form: &WatchForm,
    error: AppError,
) -> Result<Response, PageError> {
    let AppError::Invalid { field, message } = error else {
        return Err(error.into());
    };
    let blank = form.query.trim().is_empty();
    let wrong = (field == "name" || blank).then(|| Said::plain(message));
    let view = editor_view(site, signed, watch, form, wrong).await?;
    page_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        &signed.visit.reader,
        &view,
    )
}

async fn remove(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<WatchId>,
) -> Result<Response, PageError> {
    editor::remove(&site.app, signed.viewer(), id).await?;
    Ok(Redirect::to("/listen").into_response())
}
