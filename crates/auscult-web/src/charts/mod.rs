//! Charts as SVG made on the server: every chart has a title sentence with its finding and its data as a table.
//!
//! Sizes stand in attributes and colours in classes, so that the content policy needs no inline style. Missing data is
//! a gap, never zero; bars start at zero; nothing is drawn in two axes.

mod bars;
mod dots;
mod heat;
mod line;

use std::fmt::Write as _;

use crate::locale::Locale;
use crate::said::Said;
use crate::ui::{Icon, escape};

pub use bars::{Bar, Bars, ShareBar, SharePart};
pub use dots::{Diverging, IntervalDot, Spark, Strip, StripRow};
pub use heat::Heat;
pub use line::{Line, Mark, Point, Steps};

/// The data of a chart as a table, for those who would rather read it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DataTable {
    /// The heads of its columns.
    pub heads: Vec<Said>,
    /// Its rows, as shown.
    pub rows: Vec<Vec<String>>,
    /// The path of the same data as CSV.
    pub csv: Option<String>,
}

/// What a chart shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// A line with its band.
    Line(Line),
    /// Bars from zero.
    Bars(Bars),
    /// A curve of steps with its band.
    Steps(Steps),
    /// Hours of the week.
    Heat(Heat),
    /// A strip of dots for each row.
    Strip(Strip),
}

/// A chart with its finding and its data.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// A name that is unique on the page, for the title's id.
    pub id: &'static str,
    /// One sentence with the finding.
    pub title: Said,
    /// What is drawn.
    pub body: Body,
    /// The same data as a table.
    pub table: DataTable,
}

impl Chart {
    /// The chart and its table.
    pub(crate) fn svg(&self, locale: &Locale) -> String {
        let title = escape(&locale.say(&self.title));
        let id = self.id;
        let (box_of, inner) = match &self.body {
            Body::Line(line) => line.draw(locale),
            Body::Bars(bars) => bars.draw(locale),
            Body::Steps(steps) => steps.draw(locale),
            Body::Heat(heat) => heat.draw(locale),
            Body::Strip(strip) => strip.draw(locale),
        };
        let mut out = String::new();
        let written = write!(
            out,
            "<div class=\"chart-wrap\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{id}-t\"><svg class=\"chart\" \
             viewBox=\"{box_of}\" role=\"img\" aria-labelledby=\"{id}-t\"><title id=\"{id}-t\">{title}</title>{inner}\
             </svg></div>"
        );
        debug_assert!(written.is_ok(), "writing to a string does not fail");
        out.push_str(&self.table.html(locale, &title));
        out
    }
}

impl DataTable {
    fn html(&self, locale: &Locale, caption: &str) -> String {
        if self.heads.is_empty() {
            return String::new();
        }
        let head: String = self
            .heads
            .iter()
            .enumerate()
            .map(|(at, head)| {
                let class = if at == 0 { "" } else { " class=\"r\"" };
                format!(
                    "<th scope=\"col\"{class}>{}</th>",
                    escape(&locale.say(head))
                )
            })
            .collect();
        let rows: String = self.rows.iter().map(|row| table_row(row)).collect();
        let csv = self
            .csv
            .as_ref()
            .map(|path| format!("<a href=\"{}\">CSV</a>", escape(path)))
            .unwrap_or_default();
        format!(
            "<details class=\"alt\"><summary>{}{}</summary><div class=\"scroll-x\" tabindex=\"0\" role=\"region\" \
             aria-label=\"{caption}\"><table class=\"table\"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>\
             </div>{csv}</details>",
            Icon::new("table"),
            escape(&locale.text("chart-as-table", &[])),
        )
    }
}

fn table_row(row: &[String]) -> String {
    let cells: String = row
        .iter()
        .enumerate()
        .map(|(at, cell)| {
            if at == 0 {
                format!("<th scope=\"row\">{}</th>", escape(cell))
            } else {
                format!("<td class=\"r\">{}</td>", escape(cell))
            }
        })
        .collect();
    format!("<tr>{cells}</tr>")
}

/// A number of an attribute: short, with at most two places.
pub(crate) fn n(value: f64) -> String {
    let value = if value.is_finite() { value } else { 0.0 };
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The next round number above a highest value, for the top of an axis.
pub(crate) fn round_top(highest: f64) -> f64 {
    if !highest.is_finite() || highest <= 0.0 {
        return 1.0;
    }
    let size = 10_f64.powf(highest.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|step| step * size)
        .find(|top| *top >= highest)
        .unwrap_or(size * 10.0)
}
