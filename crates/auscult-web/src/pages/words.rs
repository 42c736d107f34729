//! Words that several pages share: networks, states of channels, topics, hits with what matched.

use std::collections::BTreeMap;

use auscult_app::archive::Marked;
use auscult_model::channel::{Channel, Health};
use auscult_model::ids::ConversationId;
use auscult_model::listen::StoredPost;
use serde::Deserialize;

use crate::said::Said;
use crate::ui::{Badge, Flash, State, Tone, network_icon};
use crate::view::listen::{Hit, Marked as Piece, QueryError};

/// Letters of a hit that are shown.
const SHOWN: usize = 420;
/// Letters before the first place that matched.
const LEAD: usize = 100;

/// What a form left behind in the address.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Done {
    saved: Option<String>,
}

impl Done {
    /// The message at the top of the page.
    pub(crate) fn flash(&self) -> Option<Flash> {
        self.saved.as_ref().map(|_| Flash {
            tone: Tone::Ok,
            text: Said::key("saved"),
        })
    }
}

/// How a channel is.
pub(crate) fn health(channel: &Channel) -> State {
    if channel.disabled_at.is_some() {
        return State {
            tone: Tone::Plain,
            text: Said::key("health-off"),
        };
    }
    let (tone, key) = match channel.health {
        Health::Ok => (Tone::Ok, "health-ok"),
        Health::Expiring => (Tone::Warn, "health-expiring"),
        Health::NeedsPerson => (Tone::Danger, "health-needs-person"),
        Health::Paused => (Tone::Plain, "health-paused"),
        Health::Failing => (Tone::Warn, "health-failing"),
    };
    State {
        tone,
        text: Said::key(key),
    }
}

/// An id of the classifier as words: `care_staff` is "Care staff".
pub(crate) fn plain(id: &str) -> String {
    let words = id.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The name of a network.
pub(crate) fn network(id: &str) -> String {
    match id {
        "csv" => "CSV".to_owned(),
        "api" => "API".to_owned(),
        other => plain(other),
    }
}

/// What is wrong with a query.
pub(crate) fn query_errors(faults: &[auscult_app::archive::QueryFault]) -> Vec<QueryError> {
    let error = |fault: &auscult_app::archive::QueryFault| QueryError {
        line: fault.line,
        column: fault.column,
        what: fault.what.clone(),
        mend: fault.mend.clone(),
    };
    faults.iter().map(error).collect()
}

/// A hit of the archive.
pub(crate) fn hit(
    marked: &Marked,
    numbers: &BTreeMap<ConversationId, i64>,
    page_lang: &str,
) -> Hit {
    let post = &marked.post;
    let mut pieces = Vec::new();
    if let Some(title) = post.post.title.as_deref().filter(|title| !title.is_empty()) {
        pieces.extend(cut(title, &marked.title));
        pieces.push(Piece {
            text: " — ".to_owned(),
            hit: false,
        });
    }
    pieces.extend(cut(
        post.post.text.as_deref().unwrap_or_default(),
        &marked.text,
    ));
    Hit {
        pieces,
        ..bare(post, numbers, page_lang)
    }
}

/// A post without marks.
pub(crate) fn bare(
    post: &StoredPost,
    numbers: &BTreeMap<ConversationId, i64>,
    page_lang: &str,
) -> Hit {
    let source = post.post.source.as_deref().unwrap_or_default();
    let author = post
        .post
        .author
        .as_ref()
        .and_then(|author| author.name.clone().or_else(|| author.handle.clone()));
    let lang = Some(post.findings.lang.clone())
        .filter(|lang| !lang.is_empty() && lang != "und" && lang != page_lang);
    let words = [&post.post.title, &post.post.text]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join(" — ");
    Hit {
        pieces: cut(&words, &[]),
        lang,
        icon: network_icon(source),
        channel: network(source),
        at: post.posted_at,
        note: author.map(Said::plain),
        path: post
            .conversation
            .and_then(|id| numbers.get(&id))
            .map(|number| format!("/inbox/{number}")),
        said: None,
        badges: post
            .findings
            .topics
            .iter()
            .take(2)
            .map(|topic| Badge::plain(plain(&topic.id)))
            .collect(),
    }
}

/// A text cut at the places that matched; a long one is shown from a little before the first.
fn cut(text: &str, ranges: &[(usize, usize)]) -> Vec<Piece> {
    let letters: Vec<char> = text.chars().collect();
    let first = ranges.first().map_or(0, |range| range.0);
    let from = if letters.len() > SHOWN {
        first.saturating_sub(LEAD)
    } else {
        0
    };
    let to = letters.len().min(from + SHOWN);
    let slice = |start: usize, end: usize| {
        letters
            .get(start.min(to)..end.min(to))
            .map(|part| part.iter().collect::<String>())
            .unwrap_or_default()
    };
    let mut pieces = Vec::new();
    if from > 0 {
        pieces.push(Piece {
            text: "… ".to_owned(),
            hit: false,
        });
    }
    let mut at = from;
    for (start, end) in ranges.iter().filter(|range| range.0 >= from) {
        pieces.push(Piece {
            text: slice(at, *start),
            hit: false,
        });
        pieces.push(Piece {
            text: slice(*start, *end),
            hit: true,
        });
        at = *end;
    }
    pieces.push(Piece {
        text: slice(at, to),
        hit: false,
    });
    if to < letters.len() {
        pieces.push(Piece {
            text: " …".to_owned(),
            hit: false,
        });
    }
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}
