//! Measuring: availability and engagement apart, each figure with its interval and what it was counted from.

use askama::Template;
use jiff::Timestamp;

use crate::charts::{Chart, IntervalDot};
use crate::filters;
use crate::said::Said;
use crate::ui::{Choice, Figure};
use crate::view::shell::Shell;

/// `/measure?period=…`; the same data as CSV under `/measure.csv?period=…`.
#[derive(Debug, Clone, Template)]
#[template(path = "measure.html")]
pub struct MeasurePage {
    /// What stands around it.
    pub shell: Shell,
    /// Which period.
    pub title: Said,
    /// What it covers and when it was frozen.
    pub lede: Said,
    /// When it was computed.
    pub computed: Timestamp,
    /// Periods to choose from; sent as `period`.
    pub periods: Vec<Choice>,
    /// The period in three sentences: head and sentence.
    pub short: Vec<(Said, Said)>,
    /// Were we there?
    pub availability: Family,
    /// Did we talk with each other?
    pub engagement: Family,
    /// Other families, such as audience or content, each apart.
    pub others: Vec<OtherFamily>,
    /// Likes, once, as a footnote.
    pub likes: Option<i64>,
    /// A gap in the data.
    pub gap: Option<Said>,
    /// The path of the same figures as CSV.
    pub csv: String,
}

/// One family of figures.
#[derive(Debug, Clone, Default)]
pub struct Family {
    /// Its figures.
    pub figures: Vec<Figure>,
    /// Its charts: head, chart, and a sentence under it.
    pub charts: Vec<(Said, Chart, Said)>,
    /// By channel.
    pub channels: Vec<ByChannel>,
}

/// A figure of one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct ByChannel {
    /// The channel's icon.
    pub icon: &'static str,
    /// The channel's name.
    pub name: String,
    /// The value as shown.
    pub value: String,
    /// With its interval.
    pub dot: IntervalDot,
    /// From how many.
    pub of: i64,
}

/// A family beside the two.
#[derive(Debug, Clone)]
pub struct OtherFamily {
    /// Its name.
    pub name: Said,
    /// What it says in a few words.
    pub note: Said,
    /// Its figures.
    pub figures: Vec<Figure>,
}
