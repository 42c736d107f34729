//! Bars from zero, and one bar cut into shares.

use std::borrow::Borrow;
use std::fmt;

use askama::filters::HtmlSafe;

use crate::locale::Locale;
use crate::said::Said;
use crate::ui::escape;

use super::{n, round_top};

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// How high; `None` is missing and leaves a gap.
    pub value: Option<f64>,
    /// What stands under it; empty for none.
    pub label: String,
    /// Whether it is one of those meant, such as hours when somebody is here.
    pub strong: bool,
}

/// Bars from zero with what is usual behind them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bars {
    /// The bars, from left to right.
    pub bars: Vec<Bar>,
    /// What is usual: from and to.
    pub usual: Option<(f64, f64)>,
    /// Words above one bar.
    pub note: Option<(usize, Said)>,
}

const WIDTH: f64 = 720.0;
const LEFT: f64 = 28.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 124.0;

impl Bars {
    pub(super) fn draw(&self, locale: &Locale) -> (String, String) {
        let highest = self
            .bars
            .iter()
            .filter_map(|bar| bar.value)
            .fold(0.0_f64, f64::max);
        let top = round_top(highest.max(self.usual.map_or(0.0, |(_, to)| to)));
        let y = |value: f64| BOTTOM - (value / top).clamp(0.0, 1.0) * (BOTTOM - TOP);
        let step = (WIDTH - LEFT) / self.bars.len().max(1) as f64;
        let mut out = String::new();
        for value in [0.0, top / 2.0, top] {
            let (line, words) = (y(value), n(value));
            out.push_str(&format!(
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{0}\" y2=\"{0}\"/><text x=\"0\" y=\"{1}\">{words}</text>",
                n(line),
                n(line + 4.0)
            ));
        }
        if let Some((from, to)) = self.usual {
            let (from_y, to_y, width) = (y(from), y(to), n(WIDTH - LEFT));
            out.push_str(&format!(
                "<rect class=\"bandg\" x=\"{LEFT}\" y=\"{}\" width=\"{width}\" height=\"{}\"/>",
                n(to_y),
                n(from_y - to_y)
            ));
        }
        for (at, bar) in self.bars.iter().enumerate() {
            let x = LEFT + step * at as f64;
            out.push_str(&bar.draw(x, step, &y));
        }
        if let Some((at, words)) = &self.note {
            let x = n(LEFT + step * (*at as f64 + 0.5));
            let words = escape(&locale.say(words));
            out.push_str(&format!(
                "<text x=\"{x}\" y=\"14\" text-anchor=\"middle\" class=\"lab\">{words}</text>"
            ));
        }
        (format!("0 0 {WIDTH} 150"), out)
    }
}

impl Bar {
    fn draw(&self, x: f64, step: f64, y: &impl Fn(f64) -> f64) -> String {
        let class = if self.strong { "b1" } else { "bsoft" };
        let label = if self.label.is_empty() {
            String::new()
        } else {
            format!(
                "<text x=\"{}\" y=\"143\">{}</text>",
                n(x),
                escape(&self.label)
            )
        };
        let Some(value) = self.value else {
            return label;
        };
        let top = y(value);
        format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"2\" class=\"{class}\"/>{label}",
            n(x + step * 0.1),
            n(top),
            n(step * 0.8),
            n(BOTTOM - top)
        )
    }
}

/// One part of a bar of shares.
#[derive(Debug, Clone, PartialEq)]
pub struct SharePart {
    /// Its share, from 0 to 1.
    pub share: f64,
    /// Its class: "" is ours, `x2` hard, `x3` grey, `x4` second, `x5` soft.
    pub class: &'static str,
}

/// One bar cut into shares; what it says stands in words beside it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ShareBar {
    /// Its parts, from left to right.
    pub parts: Vec<SharePart>,
    /// Whether it is drawn tall.
    pub tall: bool,
}

impl ShareBar {
    /// A bar with one part, from 0 to 1.
    pub fn of(share: impl Borrow<f64>) -> Self {
        let share = *share.borrow();
        Self {
            parts: vec![SharePart { share, class: "" }],
            tall: false,
        }
    }

    /// A tall bar of two parts that fill it.
    pub fn against(share: f64) -> Self {
        let rest = SharePart {
            share: (1.0 - share).max(0.0),
            class: "x3",
        };
        Self {
            parts: vec![SharePart { share, class: "" }, rest],
            tall: true,
        }
    }
}

impl fmt::Display for ShareBar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "<svg class=\"bar{}\" aria-hidden=\"true\">",
            if self.tall { " tall" } else { "" }
        )?;
        let mut from = 0.0;
        for part in &self.parts {
            let share = part.share.clamp(0.0, 1.0) * 100.0;
            let (x, width, class) = (n(from), n(share), part.class);
            write!(
                f,
                "<rect x=\"{x}%\" width=\"{width}%\" height=\"100%\" class=\"{class}\"/>"
            )?;
            from += share;
        }
        f.write_str("</svg>")
    }
}

impl HtmlSafe for ShareBar {}
