//! What stands around every route: headers, nonce, origin check, caps, assets, and errors as pages.
//!
//! A capability's file in `pages/` gives its own `Router`; [`around`] puts the common parts around all of them. Each
//! request carries a [`Visit`], which a handler takes as an argument.

use std::sync::Arc;

use auscult_app::clock::{Clock, Entropy};
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::tz::TimeZone;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::limit::RequestBodyLimitLayer;

use crate::assets::{self, Assets};
use crate::cookie;
use crate::error::PageError;
use crate::headers::{self, Nonce};
use crate::locale::Locales;
use crate::origin;
use crate::rate::Rates;
use crate::render::{Reader, page_with};
use crate::view::errors::ErrorPage;
use crate::view::shell::Theme;

/// The largest body a form or a fragment may send; imports have their own door with its own cap.
const BODY_CAP: usize = 1024 * 1024;
/// The largest file a page takes in.
pub(crate) const UPLOAD_CAP: usize = 64 * 1024 * 1024;

/// What every page needs besides the use cases.
#[derive(Clone)]
pub struct Web {
    /// Where the present comes from.
    pub clock: Arc<dyn Clock>,
    /// Where chance comes from.
    pub entropy: Arc<dyn Entropy>,
    /// The languages.
    pub locales: Locales,
    /// Where style sheet and script are.
    pub assets: Arc<Assets>,
    /// Whether people reach the server over https.
    pub https: bool,
    /// How often programs may come.
    pub rates: Rates,
}

impl Web {
    /// Loads languages and assets.
    pub fn load(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>, https: bool) -> Self {
        Self {
            clock,
            entropy,
            locales: Locales::load(),
            assets: Arc::new(Assets::load()),
            https,
            rates: Rates::default(),
        }
    }

    /// How session cookies are written.
    pub const fn sessions(&self) -> cookie::Sessions {
        cookie::Sessions { https: self.https }
    }

    fn visit(&self, headers: &HeaderMap) -> Visit {
        let mut bytes = [0_u8; 16];
        self.entropy.fill(&mut bytes);
        let reference = bytes.iter().take(4).fold(String::from("A-"), |text, byte| {
            text + &format!("{byte:02x}")
        });
        self.entropy.fill(&mut bytes);
        let accept = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("en");
        let chosen =
            cookie::read(headers, cookie::LANGUAGE).and_then(|tag| self.locales.by_tag(tag));
        let theme = Theme::parse(cookie::read(headers, cookie::THEME).unwrap_or_default());
        Visit {
            reader: Reader {
                locale: chosen.unwrap_or_else(|| self.locales.pick(accept)),
                zone: TimeZone::UTC,
                now: self.clock.now(),
                base: String::new(),
            },
            nonce: Nonce::from_bytes(bytes),
            theme,
            keys: cookie::read(headers, cookie::KEYS) != Some("off"),
            fragment: headers.contains_key("hx-request"),
            json: wants_json(headers),
            assets: Arc::clone(&self.assets),
            reference,
        }
    }
}

/// One request as pages see it: who reads, how it looks, and under which reference the log knows it.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The reader; a handler sets zone and base once it knows the workspace.
    pub reader: Reader,
    /// The nonce of this answer.
    pub nonce: Nonce,
    /// The theme the reader chose.
    pub theme: Theme,
    /// Whether single keys are on.
    pub keys: bool,
    /// Whether a script asks for a fragment instead of a page.
    pub fragment: bool,
    /// Whether a program asks for JSON.
    pub json: bool,
    /// Where style sheet and script are.
    pub assets: Arc<Assets>,
    /// The reference of this request.
    pub reference: String,
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(PageError::Broken)
    }
}

/// Puts the common parts around the routes of all capabilities.
pub fn around(web: Web, routes: Router) -> Router {
    let compressed = CompressionLayer::new()
        .compress_when(SizeAbove::new(512).and(NotForContentType::const_new("text/event-stream")));
    routes
        .route("/assets/{name}", get(assets::serve))
        .fallback(async || PageError::NotFound)
        .layer(DefaultBodyLimit::max(BODY_CAP))
        .layer(RequestBodyLimitLayer::new(UPLOAD_CAP))
        .layer(middleware::from_fn(origin::guard))
        .layer(CatchPanicLayer::custom(|_| {
            PageError::Broken.into_response()
        }))
        .layer(middleware::from_fn_with_state(web, visit))
        .layer(compressed)
}

async fn visit(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let mut visit = web.visit(request.headers());
    let path = request.uri().path();
    // Programs get documents, whatever they accept.
    visit.json |= path.starts_with("/api/") || path.starts_with(origin::HOOKS);
    request.extensions_mut().insert(visit.clone());
    let response = next.run(request).await;
    let mut response = match response.extensions().get::<PageError>().cloned() {
        Some(error) => as_page(&visit, &error, response),
        None => response,
    };
    headers::apply(response.headers_mut(), &visit.nonce, web.https);
    response
}

fn as_page(visit: &Visit, error: &PageError, response: Response) -> Response {
    if matches!(error, PageError::Broken) {
        tracing::error!(
            reference = visit.reference,
            "a request failed under {}",
            visit.reference
        );
    }
    let mut answer = if visit.json {
        error.problem(Some(&visit.reference)).into_response()
    } else {
        let page = ErrorPage::new(visit, error);
        page_with(error.status(), &visit.reader, &page).unwrap_or(response)
    };
    if let PageError::TooMany { seconds } = error {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, (*seconds).into());
    }
    answer
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    accept.contains("json") && !accept.contains("text/html")
}
