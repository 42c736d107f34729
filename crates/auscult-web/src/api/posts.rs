//! The archive.

use auscult_app::search;
use auscult_model::listen::StoredPost;
use auscult_model::search::PostFilter;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Caller, Read};
use super::{Asked, limit};
use crate::error::ApiError;
use crate::pages::Site;

/// What is searched.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Search {
    /// A query of the watch language; left out, every post.
    #[serde(default)]
    q: String,
    /// The `next` of the page before.
    #[serde(default)]
    before: String,
    /// Rows, 200 at most.
    limit: Option<usize>,
}

/// A page of posts, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Posts {
    /// The posts.
    items: Vec<Post>,
    /// Where the next page starts.
    next: Option<String>,
}

/// A post that was heard.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Post {
    /// Our id.
    id: String,
    /// Network or feed.
    source: String,
    /// Its id there.
    external_id: String,
    /// What it is.
    kind: String,
    /// Its headline.
    title: Option<String>,
    /// Its words.
    text: Option<String>,
    /// Where it can be read.
    url: Option<String>,
    /// Name of the author.
    author: Option<String>,
    /// Handle of the author.
    handle: Option<String>,
    /// Language.
    lang: String,
    /// When it was written.
    posted_at: String,
    /// When it was heard.
    heard_at: String,
    /// `positive`, `neutral`, `negative` or `mixed`.
    sentiment: String,
    /// Main intent.
    intent: String,
    /// 0 to 3.
    urgency: u8,
    /// 0 to 100.
    salience: u8,
    /// Topics of care.
    topics: Vec<String>,
    /// Flags.
    flags: Vec<String>,
    /// Written by an account of our own.
    own: bool,
    /// Whether it has a conversation.
    in_inbox: bool,
}

impl Post {
    pub(super) fn of(stored: StoredPost) -> Self {
        let author = stored.post.author.as_ref();
        Self {
            id: stored.id.to_string(),
            source: stored.post.source.clone().unwrap_or_default(),
            external_id: stored.post.id.clone(),
            kind: stored
                .post
                .kind
                .map(|kind| kind.as_str().to_owned())
                .unwrap_or_default(),
            author: author.and_then(|author| author.name.clone()),
            handle: author.and_then(|author| author.handle.clone()),
            title: stored.post.title,
            text: stored.post.text,
            url: stored.post.url,
            lang: stored.findings.lang,
            posted_at: stored.posted_at.to_string(),
            heard_at: stored.heard_at.to_string(),
            sentiment: stored.findings.sentiment,
            intent: stored.findings.intent,
            urgency: stored.findings.urgency,
            salience: stored.findings.salience,
            topics: stored
                .findings
                .topics
                .into_iter()
                .map(|topic| topic.id)
                .collect(),
            flags: stored.findings.flags,
            own: stored.own,
            in_inbox: stored.conversation.is_some(),
        }
    }
}

/// Search the archive.
#[utoipa::path(get, path = "/posts", tag = "listen", params(Search), security(("token" = ["read"])), responses((status = 200, body = Posts), (status = "4XX", body = super::caller::Problem)))]
pub(super) async fn list(
    State(site): State<Site>,
    caller: Caller<Read>,
    Asked(asked): Asked<Search>,
) -> Result<Json<Posts>, ApiError> {
    let before = search::before(&asked.before)?;
    let found = search::posts(
        &site.app,
        caller.viewer(),
        (&asked.q, &PostFilter::default()),
        before,
        limit(asked.limit),
    )
    .await?;
    let next = found.next.map(|id| id.to_string());
    Ok(Json(Posts {
        items: found.posts.into_iter().map(Post::of).collect(),
        next,
    }))
}
