//! What people already say.

use auscult_app::presence::{self, Presence};
use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Asked;
use super::caller::{Caller, Read};
use super::posts::Post;
use crate::error::ApiError;
use crate::pages::Site;

/// Over how long.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Period {
    /// Days back from now; 90 unless said.
    days: Option<u32>,
}

/// A value and how many posts share it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Count {
    /// The value, or the beginning of the day.
    value: String,
    /// How many posts.
    posts: i64,
    /// Their mean polarity, -1 to 1.
    polarity: f64,
}

/// The presence audit.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Audit {
    /// From.
    from: String,
    /// To, exclusive.
    to: String,
    /// Posts of others.
    posts: i64,
    /// By network or feed.
    sources: Vec<Count>,
    /// By sentiment.
    sentiments: Vec<Count>,
    /// By topic of care.
    topics: Vec<Count>,
    /// By main intent.
    intents: Vec<Count>,
    /// By language.
    langs: Vec<Count>,
    /// By day in the zone of the workspace.
    days: Vec<Count>,
    /// What to read first.
    read_first: Vec<Post>,
    /// Questions nobody answered here.
    questions: Vec<Post>,
}

/// What people already say about the organisation.
#[utoipa::path(get, path = "/presence", tag = "measure", params(Period), security(("token" = ["read"])), responses((status = 200, body = Audit), (status = "4XX", body = super::caller::Problem)))]
pub(super) async fn presence(
    State(site): State<Site>,
    caller: Caller<Read>,
    Asked(asked): Asked<Period>,
) -> Result<Json<Audit>, ApiError> {
    let zone = TimeZone::get(&caller.actor.workspace.settings.time_zone).unwrap_or(TimeZone::UTC);
    let offset = i64::from(zone.to_offset(site.app.now()).seconds()) * 1_000;
    let found =
        presence::audit(&site.app, caller.viewer(), asked.days.unwrap_or(90), offset).await?;
    Ok(Json(Audit::of(found)))
}

impl Audit {
    fn of(found: Presence) -> Self {
        let table = |counts: Vec<_>| counts.into_iter().map(Count::of).collect();
        Self {
            from: found.from.to_string(),
            to: found.to.to_string(),
            posts: found.posts,
            sources: table(found.sources),
            sentiments: table(found.sentiments),
            topics: table(found.topics),
            intents: table(found.intents),
            langs: table(found.langs),
            days: table(found.days),
            read_first: found.read_first.into_iter().map(Post::of).collect(),
            questions: found.questions.into_iter().map(Post::of).collect(),
        }
    }
}

impl Count {
    fn of(count: presence::PostCount) -> Self {
        let value = if count.value.is_empty() {
            count.day.to_string()
        } else {
            count.value
        };
        Self {
            value,
            posts: count.posts,
            polarity: count.polarity,
        }
    }
}
