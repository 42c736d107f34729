//! Small charts of one row: an interval as a dot with its line, hard against good, a strip of dots, a spark.

use std::fmt;

use askama::filters::HtmlSafe;

use crate::locale::Locale;
use crate::said::Said;
use crate::ui::escape;

use super::n;

/// A value with its interval on a scale.
#[derive(Debug, Clone, PartialEq)]
pub struct IntervalDot {
    /// What it says, for those who cannot see it.
    pub label: Said,
    /// The value.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
    /// The scale: from and to.
    pub scale: (f64, f64),
    /// A value to compare with, drawn dashed.
    pub reference: Option<f64>,
    /// Whether it can be decided; otherwise the dot is hollow and the line dashed.
    pub decided: bool,
}

impl IntervalDot {
    /// Its drawing.
    pub(crate) fn svg(&self, locale: &Locale) -> String {
        let label = escape(&locale.say(&self.label));
        let (from, to) = self.scale;
        let x = |value: f64| {
            n(((value - from) / (to - from).max(f64::EPSILON)).clamp(0.0, 1.0) * 100.0)
        };
        let unsure = if self.decided { "" } else { " unsure" };
        let reference = self
            .reference
            .map(|value| {
                format!(
                    "<line class=\"ref\" x1=\"{0}%\" x2=\"{0}%\" y1=\"0\" y2=\"100%\"/>",
                    x(value)
                )
            })
            .unwrap_or_default();
        format!(
            "<svg class=\"ivx{unsure}\" role=\"img\" aria-label=\"{label}\"><line class=\"rule\" x1=\"0\" x2=\"100%\" \
             y1=\"50%\" y2=\"50%\"/>{reference}<line class=\"iv\" x1=\"{}%\" x2=\"{}%\" y1=\"50%\" y2=\"50%\"/>\
             <circle class=\"pt\" cx=\"{}%\" cy=\"50%\" r=\"4.5\"/></svg>",
            x(self.low),
            x(self.high),
            x(self.value)
        )
    }
}

/// Hard against good, as shares from 0 to 1; the numbers stand in words beside it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Diverging {
    /// The share of hard ones.
    pub hard: f64,
    /// The share of good ones.
    pub good: f64,
}

impl fmt::Display for Diverging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hard = self.hard.clamp(0.0, 1.0) * 100.0;
        let good = self.good.clamp(0.0, 1.0) * 99.0;
        write!(
            f,
            "<svg class=\"chart diverge\" viewBox=\"0 0 200 14\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
             <rect class=\"bneg\" x=\"{}\" width=\"{}\" y=\"1\" height=\"12\" rx=\"1\"/>\
             <rect class=\"b1\" x=\"101\" width=\"{}\" y=\"1\" height=\"12\" rx=\"1\"/></svg>",
            n(100.0 - hard),
            n(hard),
            n(good)
        )
    }
}

impl HtmlSafe for Diverging {}

/// A small line without an axis; its numbers stand beside it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spark {
    /// The values from left to right.
    pub values: Vec<f64>,
}

impl fmt::Display for Spark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let top = self
            .values
            .iter()
            .fold(0.0_f64, |top, value| top.max(*value))
            .max(f64::EPSILON);
        let steps = self.values.len().saturating_sub(1).max(1) as f64;
        let path: String = self
            .values
            .iter()
            .enumerate()
            .map(|(at, value)| {
                let start = if at == 0 { "M" } else { "L" };
                format!(
                    "{start}{},{}",
                    n(at as f64 / steps * 100.0),
                    n(22.0 - value / top * 20.0)
                )
            })
            .collect();
        write!(
            f,
            "<svg class=\"spark\" viewBox=\"0 0 100 24\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
             <path d=\"{path}\"/></svg>"
        )
    }
}

impl HtmlSafe for Spark {}

/// One row of a strip: a channel and the days on which something was posted.
#[derive(Debug, Clone, PartialEq)]
pub struct StripRow {
    /// The channel's name.
    pub name: String,
    /// Where each dot lies, from 0 (start) to 1 (today).
    pub dots: Vec<f64>,
    /// A gap longer than promised: from, to, and its words.
    pub gap: Option<(f64, f64, String)>,
}

/// A strip of dots for each channel: how steadily we were there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Strip {
    /// The rows.
    pub rows: Vec<StripRow>,
}

const LEFT: f64 = 92.0;
const RIGHT: f64 = 332.0;

impl Strip {
    pub(super) fn draw(&self, _locale: &Locale) -> (String, String) {
        let x = |share: f64| LEFT + share.clamp(0.0, 1.0) * (RIGHT - LEFT);
        let mut out = String::new();
        for (row, strip) in self.rows.iter().enumerate() {
            let y = 14.0 + 25.0 * row as f64;
            out.push_str(&format!(
                "<text x=\"0\" y=\"{}\">{}</text><line class=\"grid\" x1=\"{LEFT}\" x2=\"338\" y1=\"{y}\" y2=\"{y}\"/>",
                n(y + 4.0),
                escape(&strip.name)
            ));
            if let Some((from, to, words)) = &strip.gap {
                let (left, right) = (x(*from), x(*to));
                out.push_str(&format!(
                    "<rect class=\"gapbar\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"12\" rx=\"3\"/>\
                     <text class=\"labw\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                    n(left),
                    n(y - 6.0),
                    n(right - left),
                    n(left.midpoint(right)),
                    n(y + 4.0),
                    escape(words)
                ));
            }
            for dot in &strip.dots {
                out.push_str(&format!(
                    "<circle class=\"b1\" cx=\"{}\" cy=\"{}\" r=\"3\"/>",
                    n(x(*dot)),
                    n(y)
                ));
            }
        }
        (
            format!("0 0 340 {}", n(7.0 + 25.0 * self.rows.len() as f64)),
            out,
        )
    }
}
