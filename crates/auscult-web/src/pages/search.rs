//! The archive: what was said and answered, newest first.

use auscult_app::{archive, channels, search as index};
use auscult_model::ids::PostId;
use auscult_model::search::PostFilter;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::error::PageError;
use crate::pages::words::{hit, network, query_errors};
use crate::pages::{Signed, Site, url_encode};
use crate::render::page;
use crate::said::Said;
use crate::ui::{Choice, Empty, Paging};
use crate::view::listen::Hit;
use crate::view::search::SearchPage;
use crate::view::shell::Place;

/// The routes of this capability.
pub fn routes() -> Router<Site> {
    Router::new().route("/search", get(look))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    q: String,
    since: String,
    source: String,
    after: String,
    /// A cluster of near-duplicates, as the store names it.
    same: String,
}

impl Asked {
    fn filter(&self, now: Timestamp) -> PostFilter {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let days = self.since.parse::<i64>().ok();
        let days = days.filter(|days| (1..=3_660).contains(days));
        PostFilter {
            sources: some(&self.source).into_iter().collect(),
            from: days.map(|days| now - SignedDuration::from_hours(24 * days)),
            cluster: some(&self.same),
            ..PostFilter::default()
        }
    }

    /// The page with the same question that stands before this post.
    fn path(&self, after: Option<PostId>) -> String {
        let after = after.map(|id| format!("&after={id}")).unwrap_or_default();
        format!(
            "/search?q={}&since={}&source={}&same={}{after}",
            url_encode(&self.q),
            url_encode(&self.since),
            url_encode(&self.source),
            url_encode(&self.same)
        )
    }
}

async fn look(
    State(site): State<Site>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let viewer = signed.viewer();
    let filter = asked.filter(signed.visit.reader.now);
    let before = index::before(&asked.after)?;
    let found = archive::look(&site.app, viewer, &asked.q, &filter, before).await?;
    let numbers =
        archive::numbers(&site.app, viewer, found.hits.iter().map(|hit| &hit.post)).await?;
    let said = archive::said(&site.app, viewer, found.hits.iter().map(|hit| &hit.post)).await?;
    let lang = signed.visit.reader.locale.tag();
    let shown = |marked: &archive::Marked| Hit {
        said: said
            .get(&marked.post.id)
            .filter(|(cluster, _)| *cluster != asked.same)
            .map(|(cluster, times)| {
                (
                    Said::key("said-times").with("n", *times),
                    format!("/search?same={}", url_encode(cluster)),
                )
            }),
        ..hit(marked, &numbers, lang)
    };
    let words = match found.count {
        _ if !found.errors.is_empty() => None,
        Some(count) if found.is_more => Some(Said::key("found-more").with("n", count)),
        Some(count) => Some(Said::key("found-n").with("n", count)),
        None => Some(Said::key("found-on")),
    };
    let none = Empty {
        icon: "search",
        title: Said::key("found-none"),
        why: Said::key("found-none-why"),
        next: None,
    };
    let view = SearchPage {
        shell: signed.shell(Place::Search),
        errors: query_errors(&found.errors),
        since: since(&asked.since),
        sources: sources(&site, &signed, &asked.source).await?,
        found: words,
        hits: found.hits.iter().map(shown).collect(),
        empty: found.hits.is_empty().then_some(none),
        same: !asked.same.is_empty(),
        coverage: None,
        paging: Paging {
            before: before.map(|_| asked.path(None)),
            after: found.next.map(|id| asked.path(Some(id))),
        },
        query: asked.q.clone(),
    };
    page(&signed.visit.reader, &view)
}

fn since(chosen: &str) -> Vec<Choice> {
    let one = |value: &str, key| Choice::new(value, Said::key(key), value == chosen);
    vec![
        one("", "since-ever"),
        one("7", "since-7"),
        one("30", "since-30"),
        one("90", "since-90"),
        one("365", "since-365"),
    ]
}

async fn sources(site: &Site, signed: &Signed, chosen: &str) -> Result<Vec<Choice>, PageError> {
    let mut ids: Vec<String> = channels::list(&site.app, signed.viewer())
        .await?
        .into_iter()
        .map(|state| state.channel.network)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let everywhere = Choice::new("", Said::key("everywhere"), chosen.is_empty());
    Ok(std::iter::once(everywhere)
        .chain(
            ids.into_iter()
                .map(|id| Choice::new(id.clone(), Said::plain(network(&id)), id == chosen)),
        )
        .collect())
}
