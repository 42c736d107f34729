//! The guard, asked by programs before they send anything anywhere.

use auscult_app::guard;
use auscult_model::inbox::{Outward, Private, Public};
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Body;
use super::caller::{Caller, Read};
use super::conversations::Reader;
use crate::error::ApiError;

/// A text to be judged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    /// The words.
    text: String,
    /// The words they answer; empty for words of our own.
    #[serde(default)]
    post: String,
    /// Who will read them; everybody unless said.
    audience: Option<Reader>,
}

/// What the guard says.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Judged {
    /// `allow`, `warn` or `block`.
    verdict: serde_json::Value,
    /// Findings: rule, verdict, place in code points of the text, why, law, wording.
    #[schema(value_type = Vec<Object>)]
    findings: serde_json::Value,
    /// A wording that says the same and gives nothing away; empty when none is needed.
    rewrite: String,
    /// Version and hash of the rules.
    rules: String,
}

/// Judge a text; nothing is stored.
#[utoipa::path(post, path = "/check", tag = "guard", request_body = Draft, security(("token" = ["read"])), responses((status = 200, body = Judged), (status = "4XX", body = super::caller::Problem)))]
pub(super) async fn check(
    caller: Caller<Read>,
    Body(draft): Body<Draft>,
) -> Result<Json<Judged>, ApiError> {
    let audience = match draft.audience {
        Some(Reader::Private) => Outward::Private(Private { to: String::new() }),
        Some(Reader::Public) | None => Outward::Public(Public {
            place: String::new(),
        }),
    };
    let judged = guard::check_text(
        &caller.actor.workspace,
        &audience,
        (&draft.text, &draft.post),
    )?;
    Ok(Json(Judged {
        verdict: serde_json::to_value(judged.verdict).unwrap_or_default(),
        findings: serde_json::to_value(&judged.findings).unwrap_or_default(),
        rules: judged.rules(),
        rewrite: judged.rewrite,
    }))
}
