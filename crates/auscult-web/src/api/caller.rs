//! Who calls: a program with a token and its scopes, or a page of ours with its session.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::marker::PhantomData;

use auscult_app::access::{self, Actor};
use auscult_model::member::Viewer;
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{ApiError, Code, PageError};
use crate::pages::Site;
use crate::rate;

/// What a token may do; each operation names one as a type, so that none is forgotten.
pub(super) trait Scope {
    /// Its name.
    const NAME: &'static str;
}

/// Read.
pub(super) struct Read;
/// Answer, note, sort; make watches.
pub(super) struct Write;
/// Hand items in.
pub(super) struct Ingest;

impl Scope for Read {
    const NAME: &'static str = "read";
}

impl Scope for Write {
    const NAME: &'static str = "write";
}

impl Scope for Ingest {
    const NAME: &'static str = "ingest";
}

/// Somebody who may do what `S` names.
pub(super) struct Caller<S> {
    /// Who.
    pub(super) actor: Actor,
    scope: PhantomData<fn() -> S>,
}

impl<S> Caller<S> {
    /// On whose behalf queries run.
    pub(super) fn viewer(&self) -> &Viewer {
        &self.actor.viewer
    }
}

impl<S: Scope> FromRequestParts<Site> for Caller<S> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, ApiError> {
        let bearer = parts.headers.get(header::AUTHORIZATION);
        let found = match bearer {
            Some(value) => {
                let secret = value.to_str().ok().and_then(|text| text.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
                let secret = secret.map(|(_, secret)| secret.trim()).ok_or_else(|| ApiError::of(Code::UnknownToken, "write Authorization: Bearer and the token"))?;
                site.web.rates.take(&name(secret), rate::API, site.app.now())?;
                access::token_actor(&site.app, secret).await?
            }
            None => match site.web.sessions().token(&parts.headers) {
                Some(secret) => {
                    site.web.rates.take(&name(secret), rate::API, site.app.now())?;
                    access::actor(&site.app, secret).await?
                }
                None => return Err(ApiError::Page(PageError::SignIn)),
            },
        };
        let actor = found.ok_or_else(|| ApiError::of(Code::UnknownToken, "make a new token in Settings, API tokens"))?;
        if actor.scopes.as_ref().is_some_and(|scopes| !scopes.iter().any(|scope| scope == S::NAME)) {
            return Err(ApiError::of(Code::ScopeMissing, format!("this needs the scope {:?}", S::NAME)));
        }
        Ok(Self { actor, scope: PhantomData })
    }
}

/// A name for the bucket of a caller; the secret itself is not kept.
fn name(secret: &str) -> String {
    let mut hasher = DefaultHasher::new();
    secret.hash(&mut hasher);
    format!("api {:016x}", hasher.finish())
}

/// An error (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// The stable code.
    code: String,
    /// The status.
    status: u16,
    /// One line.
    title: String,
    /// What is wrong and how to mend it.
    detail: Option<String>,
    /// What the guard or a delivery says in its own shape.
    report: Option<serde_json::Value>,
    /// The reference under which the log knows more.
    reference: Option<String>,
}
