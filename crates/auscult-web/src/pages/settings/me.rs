//! A member's own settings: name, looks, keys, password, sign-ins.

use auscult_app::error::AppError;
use auscult_app::{access, system};
use auscult_model::ids::SessionId;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};

use super::frame;
use crate::cookie;
use crate::error::PageError;
use crate::pages::words::Done;
use crate::pages::{Signed, Site};
use crate::render::{page, page_with};
use crate::said::Said;
use crate::ui::{Choice, Field};
use crate::view::settings::{MePage, Part};
use crate::view::shell::Theme;

/// The routes of own settings.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/settings/me", get(show).post(save))
        .route("/settings/me/password", post(password))
        .route("/settings/me/sessions/{id}/end", post(end))
        .route("/preferences/theme", post(theme))
}

/// What is kept with the user.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Preferences {
    signature: String,
    #[serde(flatten)]
    more: serde_json::Map<String, serde_json::Value>,
}

fn preferences(signed: &Signed) -> Preferences {
    serde_json::from_str(&signed.actor.user.preferences).unwrap_or_default()
}

async fn view(site: &Site, signed: &Signed, done: &Done) -> Result<MePage, PageError> {
    let theme = signed.visit.theme;
    let one = |value: Theme, key| Choice::new(value.name(), Said::key(key), value == theme);
    let tag = signed.visit.reader.locale.tag();
    let sessions = system::sessions(&site.app, &signed.actor).await?;
    Ok(MePage {
        shell: frame(signed, done),
        part: Part::Me,
        name: Field::with(signed.actor.user.name.clone()),
        signature: Field::with(preferences(signed).signature),
        languages: site.web.locales.names().into_iter().map(|(id, name)| Choice::new(id, Said::plain(name), id == tag)).collect(),
        themes: vec![one(Theme::System, "theme-system"), one(Theme::Light, "theme-light"), one(Theme::Dark, "theme-dark")],
        keys: signed.visit.keys,
        old: Field::default(),
        new: Field::default(),
        sessions: sessions.into_iter().map(|session| (session.id.to_string(), session.device, session.seen_at, Some(session.id) == signed.actor.session)).collect(),
    })
}

async fn show(State(site): State<Site>, signed: Signed, Query(done): Query<Done>) -> Result<Response, PageError> {
    page(&signed.visit.reader, &view(&site, &signed, &done).await?)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct MeForm {
    name: String,
    signature: String,
    language: String,
    theme: String,
    keys: Option<String>,
}

async fn save(State(site): State<Site>, signed: Signed, Form(form): Form<MeForm>) -> Result<Response, PageError> {
    let kept = Preferences { signature: form.signature.trim().chars().take(120).collect(), ..preferences(&signed) };
    let text = serde_json::to_string(&kept).map_err(|_| PageError::Broken)?;
    match access::change_profile(&site.app, &signed.actor, &form.name, &text).await {
        Ok(()) => {}
        Err(AppError::Invalid { message, .. }) => {
            let mut view = view(&site, &signed, &Done::default()).await?;
            view.name = Field::with(form.name).wrong(Said::plain(message));
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &signed.visit.reader, &view);
        }
        Err(error) => return Err(error.into()),
    }
    let mut response = Redirect::to("/settings/me?saved=1").into_response();
    keep(response.headers_mut(), cookie::THEME, Theme::parse(&form.theme).name());
    keep(response.headers_mut(), cookie::KEYS, if form.keys.is_some() { "on" } else { "off" });
    if let Some(locale) = site.web.locales.by_tag(&form.language) {
        keep(response.headers_mut(), cookie::LANGUAGE, locale.tag());
    }
    Ok(response)
}

fn keep(headers: &mut HeaderMap, name: &str, value: &str) {
    if let Some(cookie) = cookie::preference(name, value) {
        headers.append(header::SET_COOKIE, cookie);
    }
}

#[derive(Deserialize)]
struct ThemeForm {
    theme: String,
}

/// The switch in the top bar; leads back to where it was pressed.
async fn theme(signed: Signed, headers: HeaderMap, Form(form): Form<ThemeForm>) -> Response {
    let from = headers.get(header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let path = from.split_once("://").and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..))).unwrap_or("/today");
    let mut response = if signed.visit.fragment { StatusCode::NO_CONTENT.into_response() } else { Redirect::to(path).into_response() };
    keep(response.headers_mut(), cookie::THEME, Theme::parse(&form.theme).name());
    response
}

#[derive(Deserialize)]
struct PasswordForm {
    old: String,
    new: String,
}

async fn password(State(site): State<Site>, signed: Signed, Form(form): Form<PasswordForm>) -> Result<Response, PageError> {
    match access::change_password(&site.app, &signed.actor, &form.old, &form.new).await {
        Ok(()) => Ok(Redirect::to("/settings/me?saved=1").into_response()),
        Err(AppError::Invalid { field, message }) => {
            let mut view = view(&site, &signed, &Done::default()).await?;
            let wrong = Field::default().wrong(Said::plain(message));
            if field == "old_password" { view.old = wrong } else { view.new = wrong }
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &signed.visit.reader, &view)
        }
        Err(error) => Err(error.into()),
    }
}

async fn end(State(site): State<Site>, signed: Signed, Path(id): Path<SessionId>) -> Result<Response, PageError> {
    system::end_session(&site.app, &signed.actor, id).await?;
    Ok(Redirect::to("/settings/me").into_response())
}
