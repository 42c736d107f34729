//! The pages: one file for each capability, each with its own routes.
//!
//! A handler extracts, calls one use case, fills a view struct and answers.

pub mod access;
pub mod approvals;
pub mod hooks;
pub mod inbox;
pub mod listen;
pub mod live;
pub mod measure;
pub mod people;
pub mod plan;
pub mod presence;
pub mod safety;
pub mod search;
pub mod settings;
mod source;
pub mod today;
pub mod welcome;
mod words;

use std::net::{IpAddr, SocketAddr};

use auscult_app::access::{Actor, Device};
use auscult_app::app::App;
use auscult_app::error::AppError;
use auscult_model::member::Viewer;
use axum::Router;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;

use crate::error::PageError;
use crate::router::{Visit, Web};
use crate::view::shell::{Place, Shell, WorkspaceName};

/// What every handler has.
#[derive(Clone)]
pub struct Site {
    /// The use cases.
    pub app: App,
    /// Languages, assets, cookies.
    pub web: Web,
}

/// The routes of all capabilities.
pub fn routes(site: Site) -> Router {
    Router::new()
        .merge(access::routes())
        .merge(welcome::routes())
        .merge(approvals::routes())
        .merge(hooks::routes())
        .merge(inbox::routes())
        .merge(listen::routes())
        .merge(live::routes())
        .merge(presence::routes())
        .merge(safety::routes())
        .merge(search::routes())
        .merge(settings::routes())
        .merge(measure::routes())
        .merge(people::routes())
        .merge(plan::routes())
        .merge(today::routes())
        .merge(crate::api::routes())
        .with_state(site)
}

/// A member at a page: who they are and how they read.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Who.
    pub actor: Actor,
    /// This request; times are shown in the zone of the workspace.
    pub visit: Visit,
}

impl Signed {
    /// On whose behalf queries run.
    pub const fn viewer(&self) -> &Viewer {
        &self.actor.viewer
    }

    /// What stands around a page of this member.
    pub fn shell(&self, place: Place) -> Shell {
        let workspace = WorkspaceName {
            name: self.actor.workspace.name.clone(),
            base: String::new(),
            current: true,
        };
        let mut shell = Shell::of(&self.visit, place, workspace, self.actor.user.name.clone());
        shell.manages = auscult_app::right::Right::Settings.of(&self.actor.viewer);
        shell.example = self.actor.workspace.slug == auscult_app::demo::SLUG;
        shell
    }
}

impl FromRequestParts<Site> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        let mut visit = parts
            .extensions
            .get::<Visit>()
            .cloned()
            .ok_or_else(|| PageError::Broken.into_response())?;
        let actor = match site.web.sessions().token(&parts.headers) {
            Some(secret) => auscult_app::access::actor(&site.app, secret)
                .await
                .map_err(|error| answer(&error).into_response())?,
            None => None,
        };
        let Some(actor) = actor else {
            return Err(knock(site, parts, &visit).await);
        };
        visit.reader.zone =
            TimeZone::get(&actor.workspace.settings.time_zone).unwrap_or(TimeZone::UTC);
        Ok(Self { actor, visit })
    }
}

/// From where a request comes: the browser as told, the address as far as it can be believed.
pub struct Caller(pub Device);

impl FromRequestParts<Site> for Caller {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, PageError> {
        let text = |name: &str| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip().to_string())
            .unwrap_or_default();
        let trusted = site.app.settings.web.trusted_proxies.contains(&peer);
        let forwarded = text("x-forwarded-for");
        // A trusted proxy appends the address it saw: only the last one is its word.
        let told = forwarded
            .rsplit(',')
            .next()
            .map(str::trim)
            .filter(|address| address.parse::<IpAddr>().is_ok());
        let address = told.filter(|_| trusted).map_or(peer, str::to_owned);
        Ok(Self(Device {
            browser: text("user-agent").chars().take(120).collect(),
            address,
        }))
    }
}

/// Somebody who is not signed in: pages lead to the door, scripts and programs are told.
async fn knock(site: &Site, parts: &Parts, visit: &Visit) -> Response {
    if parts.method != Method::GET || visit.json || visit.fragment {
        return PageError::SignIn.into_response();
    }
    let open = auscult_app::access::first_run_open(&site.app).await;
    if matches!(open, Ok(true)) {
        return Redirect::to("/welcome").into_response();
    }
    let path = parts
        .uri
        .path_and_query()
        .map_or("/", axum::http::uri::PathAndQuery::as_str);
    let next: String = url_encode(path);
    Redirect::to(&format!("/sign-in?next={next}")).into_response()
}

/// Percent-encodes a path for a query.
pub(crate) fn url_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// A use case refused: the page that says so. Details of faults go to the log.
pub(crate) fn answer(error: &AppError) -> PageError {
    match error {
        AppError::NotFound(_) => PageError::NotFound,
        AppError::Conflict(_) => PageError::Conflict,
        AppError::Forbidden(why) => refused(why),
        AppError::Invalid { field, message } => PageError::Bad {
            why: format!("{field}: {message}"),
        },
        AppError::RetryAt(_) => PageError::TooMany { seconds: 60 },
        AppError::Guarded(_) => PageError::Bad {
            why: error.to_string(),
        },
        AppError::Unavailable(why) => PageError::Bad { why: why.clone() },
        AppError::Broken(detail) => {
            tracing::error!(detail, "a use case failed: {detail}");
            PageError::Broken
        }
    }
}

/// A refusal by role or duty names who can open it; any other one says its own words.
fn refused(why: &str) -> PageError {
    let Some(holders) = why.strip_prefix("this is for ") else {
        return PageError::Bad {
            why: why.to_owned(),
        };
    };
    let needs = match holders {
        holders if holders.contains("safety duty") => "needs-safety",
        holders if holders.contains("privacy") => "needs-privacy",
        _ => "needs-manager",
    };
    PageError::NotAllowed { needs }
}

impl From<AppError> for PageError {
    fn from(error: AppError) -> Self {
        answer(&error)
    }
}

/// A redirect after a form, with a cookie.
pub(crate) fn redirect_with(to: &str, cookie: Option<axum::http::HeaderValue>) -> Response {
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to.to_owned())]).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
