//! Tokens of programs, the audit log with its chain, and the health of the system.

use auscult_app::error::AppError;
use auscult_app::right::Right;
use auscult_app::{access, system};
use auscult_model::ids::{JobId, MemberId, TokenId};
use auscult_model::member::ApiToken;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::{frame, value};
use crate::error::PageError;
use crate::pages::words::{Done, plain};
use crate::pages::{Signed, Site, url_encode};
use crate::render::{page, page_with};
use crate::said::Said;
use crate::ui::{Choice, Field, Paging, State as Shown, Tone};
use crate::view::settings::{AuditLine, AuditPage, HealthLine, HealthPage, Part, TokenLine, TokensPage};

/// The routes of records.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/settings/tokens", get(tokens).post(make))
        .route("/settings/tokens/{id}/end", post(revoke))
        .route("/settings/audit", get(audit))
        .route("/settings/health", get(health))
        .route("/settings/health/jobs/{id}/again", post(again))
}

/// What a token may do.
const SCOPES: [(&str, &str); 5] = [("read", "scope-read"), ("write", "scope-write"), ("ingest", "scope-ingest"), ("publish", "scope-publish"), ("admin", "scope-admin")];

async fn tokens_view(site: &Site, signed: &Signed, done: &Done, name: Field) -> Result<TokensPage, PageError> {
    Right::Settings.demand(signed.viewer())?;
    let all = access::tokens(&site.app, signed.viewer()).await?;
    let line = |token: &ApiToken| TokenLine { id: token.id.0, name: token.name.clone(), scopes: token.scopes.join(", "), until: token.expires_at, used: token.last_used_at };
    Ok(TokensPage {
        shell: frame(signed, done),
        part: Part::Tokens,
        tokens: all.iter().filter(|token| token.revoked_at.is_none()).map(line).collect(),
        name,
        scopes: SCOPES.iter().map(|(value, key)| Choice::new(*value, Said::key(key), *value == "read")).collect(),
        secret: None,
    })
}

async fn tokens(State(site): State<Site>, signed: Signed, Query(done): Query<Done>) -> Result<Response, PageError> {
    page(&signed.visit.reader, &tokens_view(&site, &signed, &done, Field::default()).await?)
}

/// Answers with the page itself: the secret is kept as a hash only and cannot be shown after a redirect.
async fn make(State(site): State<Site>, signed: Signed, Form(form): Form<Vec<(String, String)>>) -> Result<Response, PageError> {
    Right::Settings.demand(signed.viewer())?;
    let scopes = form.iter().filter(|(name, _)| name == "scope").map(|(_, value)| value.clone()).collect();
    let days = value(&form, "days").parse().unwrap_or(90);
    let name = value(&form, "name");
    match access::make_token(&site.app, &signed.actor, name, scopes, days).await {
        Ok(secret) => {
            let mut view = tokens_view(&site, &signed, &Done::default(), Field::default()).await?;
            view.secret = Some(secret);
            page(&signed.visit.reader, &view)
        }
        Err(AppError::Invalid { message, .. }) => {
            let field = Field::with(name).wrong(Said::plain(message));
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &signed.visit.reader, &tokens_view(&site, &signed, &Done::default(), field).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn revoke(State(site): State<Site>, signed: Signed, Path(id): Path<TokenId>) -> Result<Response, PageError> {
    Right::Settings.demand(signed.viewer())?;
    access::revoke_token(&site.app, signed.viewer(), id).await?;
    Ok(Redirect::to("/settings/tokens?saved=1").into_response())
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct AuditAsked {
    q: String,
    after: Option<i64>,
}

async fn audit(State(site): State<Site>, signed: Signed, Query(asked): Query<AuditAsked>) -> Result<Response, PageError> {
    let (entries, next) = system::audit_log(&site.app, signed.viewer(), asked.q.trim(), asked.after).await?;
    let members = access::members(&site.app, signed.viewer()).await?;
    let who = |id: Option<MemberId>| match id {
        Some(id) => members.iter().find(|member| member.id == id).map(|member| member.name.clone()),
        None => Some("Auscult".to_owned()),
    };
    let chain = match system::broken_chain(&site.app, signed.viewer()).await? {
        None => Shown { tone: Tone::Ok, text: Said::key("chain-holds") },
        Some((which, number)) => Shown { tone: Tone::Danger, text: Said::key("chain-broken").with("which", which).with("n", number) },
    };
    let path = |after: Option<i64>| {
        let after = after.map(|number| format!("&after={number}")).unwrap_or_default();
        format!("/settings/audit?q={}{after}", url_encode(&asked.q))
    };
    let lines = entries.into_iter().map(|entry| AuditLine {
        number: entry.number,
        at: entry.at,
        who: who(entry.member).unwrap_or(entry.actor),
        what: Said::plain(plain(&entry.action.replace('.', " "))),
        about: (!entry.subject_kind.is_empty()).then(|| (format!("{} {}", entry.subject_kind, entry.subject_id), None)),
    });
    let view = AuditPage {
        shell: frame(&signed, &Done::default()),
        part: Part::Audit,
        query: asked.q.clone(),
        lines: lines.collect(),
        chain,
        paging: Paging { before: asked.after.map(|_| path(None)), after: next.map(|next| path(Some(next))) },
    };
    page(&signed.visit.reader, &view)
}

async fn health(State(site): State<Site>, signed: Signed, Query(done): Query<Done>) -> Result<Response, PageError> {
    let found = system::look(&site.app, signed.viewer()).await?;
    let fine = || Shown { tone: Tone::Ok, text: Said::key("health-ok") };
    let jobs = if found.failed.is_empty() { fine() } else { Shown { tone: Tone::Warn, text: Said::key("health-needs-person") } };
    let outbox = found.outbox.iter().map(|(state, count)| format!("{}: {count}", plain(state.as_str()))).collect::<Vec<_>>().join(", ");
    let missing = found.stats.posts - found.stats.indexed;
    let index = if missing == 0 { fine() } else { Shown { tone: Tone::Warn, text: Said::key("health-failing") } };
    let megabytes = found.stats.bytes / 1_048_576;
    let line = |key, state, what| HealthLine { name: Said::key(key), state, what };
    let view = HealthPage {
        shell: frame(&signed, &done),
        part: Part::Health,
        parts: vec![
            line("part-jobs", jobs, Said::key("part-jobs-what").with("ready", found.ready).with("running", found.running).with("failed", found.failed.len())),
            line("part-outbox", fine(), if outbox.is_empty() { Said::key("part-outbox-empty") } else { Said::plain(outbox) }),
            line("part-store", fine(), Said::key("part-store-what").with("engine", found.engine).with("mb", megabytes).with("schema", found.schema)),
            line("part-index", index, Said::key("part-index-what").with("posts", found.stats.posts).with("indexed", found.stats.indexed)),
        ],
        failed: found.failed.iter().map(|job| (job.id.0, job.name.clone(), job.last_error.clone())).collect(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    page(&signed.visit.reader, &view)
}

async fn again(State(site): State<Site>, signed: Signed, Path(id): Path<JobId>) -> Result<Response, PageError> {
    system::again(&site.app, signed.viewer(), id).await?;
    Ok(Redirect::to("/settings/health?saved=1").into_response())
}
