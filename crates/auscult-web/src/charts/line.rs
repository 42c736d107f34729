//! A line with its band, and a curve of steps with its band.

use crate::locale::Locale;
use crate::said::Said;
use crate::ui::escape;

use super::{n, round_top};

const WIDTH: f64 = 560.0;
const LEFT: f64 = 36.0;
const RIGHT: f64 = 520.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 140.0;

/// One point of a line: its value with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The value.
    pub value: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end of its interval.
    pub high: f64,
}

/// A change of ours, marked on the line.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// At which point.
    pub at: usize,
    /// What we changed.
    pub text: Said,
}

/// A line over equal steps of time; a missing point is a gap.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Line {
    /// The points.
    pub points: Vec<Option<Point>>,
    /// What stands under the line: at which point, and the words.
    pub labels: Vec<(usize, String)>,
    /// The words at the end of the line.
    pub end: String,
    /// Changes of ours.
    pub marks: Vec<Mark>,
    /// What stands behind each number of the axis, such as " %".
    pub unit: &'static str,
}

impl Line {
    pub(super) fn draw(&self, locale: &Locale) -> (String, String) {
        let highest = self
            .points
            .iter()
            .flatten()
            .fold(0.0_f64, |top, point| top.max(point.high).max(point.value));
        let scale = Scale {
            top: round_top(highest),
            steps: self.points.len(),
        };
        let mut out = grid(&scale, self.unit);
        for run in runs(&self.points) {
            out.push_str(&band(&scale, &run));
            let path: Vec<_> = run
                .iter()
                .map(|(at, point)| (scale.x(*at), scale.y(point.value)))
                .collect();
            out.push_str(&format!("<path class=\"l1\" d=\"{}\"/>", joined(&path)));
            if let [(x, y)] = path.as_slice() {
                out.push_str(&format!(
                    "<circle class=\"pt\" cx=\"{}\" cy=\"{}\" r=\"3\"/>",
                    n(*x),
                    n(*y)
                ));
            }
        }
        for mark in &self.marks {
            let x = scale.x(mark.at);
            let (anchor, shift) = if x > 280.0 {
                ("end", -6.0)
            } else {
                ("start", 6.0)
            };
            out.push_str(&format!(
                "<line class=\"target\" x1=\"{0}\" x2=\"{0}\" y1=\"{TOP}\" y2=\"{BOTTOM}\"/>\
                 <text x=\"{1}\" y=\"22\" text-anchor=\"{anchor}\">{2}</text>",
                n(x),
                n(x + shift),
                escape(&locale.say(&mark.text))
            ));
        }
        if let Some((at, point)) = self
            .points
            .iter()
            .enumerate()
            .rev()
            .find_map(|(at, point)| point.map(|p| (at, p)))
        {
            let (x, y) = (n(scale.x(at) + 6.0), n(scale.y(point.value) + 4.0));
            out.push_str(&format!(
                "<text x=\"{x}\" y=\"{y}\" class=\"lab1\">{}</text>",
                escape(&self.end)
            ));
        }
        out.push_str(&labels(&scale, &self.labels));
        (format!("0 0 {WIDTH} 168"), out)
    }
}

/// A curve that only goes down, from "everybody still waits" to those who never heard: people who still wait stay in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Steps {
    /// For each step: where it lies from 0 (start) to 1 (end), and the share with its interval.
    pub points: Vec<(f64, Point)>,
    /// What stands under the curve: where from 0 to 1, and the words.
    pub labels: Vec<(f64, String)>,
    /// The words at the end of the curve.
    pub end: String,
}

impl Steps {
    pub(super) fn draw(&self, _locale: &Locale) -> (String, String) {
        let scale = Scale { top: 1.0, steps: 2 };
        let x = |at: f64| LEFT + at.clamp(0.0, 1.0) * (RIGHT - LEFT);
        let mut out = String::new();
        for (share, words) in [(0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")] {
            let y = n(scale.y(share));
            let text_y = n(scale.y(share) + 4.0);
            out.push_str(&format!(
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y}\" y2=\"{y}\"/><text x=\"0\" y=\"{text_y}\">{words}</text>"
            ));
        }
        let high = stepped(&self.points, |p| p.high, &x, &scale);
        let mut low = stepped(&self.points, |p| p.low, &x, &scale);
        low.reverse();
        let around: Vec<_> = high.into_iter().chain(low).collect();
        out.push_str(&format!(
            "<path class=\"band1\" d=\"{}z\"/>",
            joined(&around)
        ));
        let middle = stepped(&self.points, |p| p.value, &x, &scale);
        out.push_str(&format!("<path class=\"l1\" d=\"{}\"/>", joined(&middle)));
        if let Some((_, y)) = middle.last() {
            let y = n(y - 6.0);
            out.push_str(&format!(
                "<text x=\"{RIGHT}\" y=\"{y}\" text-anchor=\"end\" class=\"lab\">{}</text>",
                escape(&self.end)
            ));
        }
        for (at, words) in &self.labels {
            out.push_str(&format!(
                "<text x=\"{}\" y=\"158\" text-anchor=\"middle\">{}</text>",
                n(x(*at)),
                escape(words)
            ));
        }
        (format!("0 0 {WIDTH} 168"), out)
    }
}

struct Scale {
    top: f64,
    steps: usize,
}

impl Scale {
    fn x(&self, at: usize) -> f64 {
        let steps = self.steps.saturating_sub(1).max(1);
        LEFT + at as f64 / steps as f64 * (RIGHT - LEFT)
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - (value / self.top).clamp(0.0, 1.0) * (BOTTOM - TOP)
    }
}

type Run = Vec<(usize, Point)>;

fn runs(points: &[Option<Point>]) -> Vec<Run> {
    let mut all = Vec::new();
    let mut run = Run::new();
    for (at, point) in points.iter().enumerate() {
        match point {
            Some(point) => run.push((at, *point)),
            None if run.is_empty() => {}
            None => all.push(std::mem::take(&mut run)),
        }
    }
    if !run.is_empty() {
        all.push(run);
    }
    all
}

fn band(scale: &Scale, run: &Run) -> String {
    let high = run
        .iter()
        .map(|(at, point)| (scale.x(*at), scale.y(point.high)));
    let low = run
        .iter()
        .rev()
        .map(|(at, point)| (scale.x(*at), scale.y(point.low)));
    let around: Vec<_> = high.chain(low).collect();
    format!("<path class=\"band1\" d=\"{}z\"/>", joined(&around))
}

fn joined(points: &[(f64, f64)]) -> String {
    points
        .iter()
        .enumerate()
        .map(|(at, (x, y))| format!("{}{},{}", if at == 0 { "M" } else { "L" }, n(*x), n(*y)))
        .collect()
}

fn stepped(
    points: &[(f64, Point)],
    pick: impl Fn(&Point) -> f64,
    x: &impl Fn(f64) -> f64,
    scale: &Scale,
) -> Vec<(f64, f64)> {
    let mut path = vec![(x(0.0), scale.y(1.0))];
    for (at, point) in points {
        let before = path.last().map_or(scale.y(1.0), |(_, y)| *y);
        path.push((x(*at), before));
        path.push((x(*at), scale.y(pick(point))));
    }
    let last = path.last().map_or(scale.y(1.0), |(_, y)| *y);
    path.push((x(1.0), last));
    path
}

fn grid(scale: &Scale, unit: &str) -> String {
    [0.0, 0.5, 1.0]
        .into_iter()
        .map(|share| {
            let value = scale.top * share;
            let (y, words) = (scale.y(value), n(value));
            let text_y = n(y + 4.0);
            let y = n(y);
            format!(
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y}\" y2=\"{y}\"/>\
                 <text x=\"0\" y=\"{text_y}\">{words}{unit}</text>"
            )
        })
        .collect()
}

fn labels(scale: &Scale, labels: &[(usize, String)]) -> String {
    labels
        .iter()
        .map(|(at, words)| {
            format!(
                "<text x=\"{}\" y=\"160\">{}</text>",
                n(scale.x(*at)),
                escape(words)
            )
        })
        .collect()
}
