//! The inbound webhook: any tool, form or script hands posts in.
//!
//! [`verify::check`] looks at the raw bytes before anything reads them; [`read`] turns a verified body into posts and
//! deletions, each item on its own. The web floor turns [`Rejected`] into its answer. Pure: replays are known by
//! [`verify::Verified::delivery`], which the caller remembers.

mod body;
mod pointer;
pub mod verify;

pub use body::read;
pub use pointer::Mapping;

use auscult_model::post::PostKind;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::contract::{Inbound, InboundPost};

/// What a source takes.
#[derive(Debug, Clone)]
pub struct Intake {
    /// The source of items that name none.
    pub source: String,
    /// The kind of items that name none.
    pub kind: Option<PostKind>,
    /// Where foreign shapes keep our fields; empty takes our own shape.
    pub mapping: Mapping,
    /// The zone of times without offset.
    pub zone: TimeZone,
    /// Bytes of a body at most.
    pub body_max: usize,
    /// Items of a body at most.
    pub items_max: usize,
}

impl Intake {
    /// A source with the usual limits: 1 MiB, 500 items.
    pub fn new(source: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            kind: None,
            mapping: Mapping::default(),
            zone: TimeZone::UTC,
            body_max: 1 << 20,
            items_max: 500,
        }
    }
}

/// A header of a request, name in any case.
pub type Header<'a> = (&'a str, &'a [u8]);

/// The items of a body.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Batch {
    /// What was understood, in the order of the body, with the place each had.
    pub items: Vec<(usize, Inbound)>,
    /// What was not.
    pub rejected: Vec<ItemRejected>,
}

impl Batch {
    /// The posts, in the order of the body.
    pub fn posts(&self) -> impl Iterator<Item = &InboundPost> {
        self.items.iter().filter_map(|(_, item)| match item {
            Inbound::Post(post) => Some(post.as_ref()),
            Inbound::Deleted { .. } | Inbound::Broken { .. } => None,
        })
    }
}

/// An item that was not understood; the others are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemRejected {
    /// Its place in the body, from 0.
    pub index: usize,
    /// What was expected where, with the mend.
    pub error: String,
}

/// Why a whole request is turned away.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// 401: no valid signature.
    #[error("{0}")]
    Unsigned(String),
    /// 413: more bytes or items than the source takes.
    #[error("{0}")]
    TooLarge(String),
    /// 415: neither JSON nor JSON Lines.
    #[error("{0}")]
    MediaType(String),
    /// 422: nothing in it can be used.
    #[error("{message}")]
    Unusable {
        /// What was expected.
        message: String,
        /// The items, when there are any.
        rejected: Vec<ItemRejected>,
    },
}

impl Rejected {
    /// The HTTP status it becomes.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Unsigned(_) => 401,
            Self::TooLarge(_) => 413,
            Self::MediaType(_) => 415,
            Self::Unusable { .. } => 422,
        }
    }
}

/// The last value of a header, as text.
fn header<'a>(headers: &[Header<'a>], name: &str) -> Option<&'a str> {
    let found = headers
        .iter()
        .rev()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    std::str::from_utf8(found.1).ok().map(str::trim)
}

/// The window in which a signed time is taken, on both sides.
const WINDOW_SECONDS: u64 = 300;

fn is_near(at: Timestamp, now: Timestamp) -> bool {
    at.as_second().abs_diff(now.as_second()) <= WINDOW_SECONDS
}

#[cfg(test)]
mod tests;
