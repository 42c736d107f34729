//! Hours of the week in at most six steps, with the hours in which somebody is here outlined.

use crate::locale::Locale;

use super::n;

/// Messages by hour of the week.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Heat {
    /// Seven days from Monday with 24 hours each; `None` is missing.
    pub hours: Vec<Vec<Option<f64>>>,
    /// For each day the hours in which somebody is here, as (from, to).
    pub staffed: Vec<Vec<(u8, u8)>>,
}

const LEFT: f64 = 36.0;
const STEP_X: f64 = 21.8;
const STEP_Y: f64 = 21.0;

impl Heat {
    pub(super) fn draw(&self, locale: &Locale) -> (String, String) {
        const DAYS: [&str; 7] = [
            "weekday-short-1",
            "weekday-short-2",
            "weekday-short-3",
            "weekday-short-4",
            "weekday-short-5",
            "weekday-short-6",
            "weekday-short-7",
        ];
        let highest = self
            .hours
            .iter()
            .flatten()
            .flatten()
            .fold(0.0_f64, |top, value| top.max(*value));
        let mut out = String::new();
        for ((row, hours), name) in self.hours.iter().enumerate().zip(DAYS) {
            let y = STEP_Y * row as f64;
            out.push_str(&format!(
                "<text x=\"0\" y=\"{}\">{}</text>",
                n(y + 14.0),
                locale.text(name, &[])
            ));
            for (column, value) in hours.iter().enumerate() {
                let Some(value) = value else { continue };
                let x = LEFT + STEP_X * column as f64;
                let class = step(*value, highest);
                out.push_str(&format!(
                    "<rect x=\"{}\" y=\"{}\" width=\"20\" height=\"19\" rx=\"3\" class=\"{class}\"/>",
                    n(x),
                    n(y)
                ));
            }
        }
        for (row, spans) in self.staffed.iter().enumerate() {
            for (from, to) in spans {
                out.push_str(&outline(row, *from, *to));
            }
        }
        for hour in [0_u8, 6, 12, 18, 23] {
            let x = n(LEFT + STEP_X * f64::from(hour));
            out.push_str(&format!("<text x=\"{x}\" y=\"163\">{hour:02}</text>"));
        }
        let words = locale.text("chart-staffed", &[]);
        out.push_str(&format!(
            "<text x=\"{LEFT}\" y=\"181\" class=\"lab\">{words}</text>"
        ));
        ("0 -6 562 196".to_owned(), out)
    }
}

fn outline(row: usize, from: u8, to: u8) -> String {
    let x = LEFT + STEP_X * f64::from(from) - 1.0;
    let width = STEP_X * f64::from(to.saturating_sub(from));
    let y = STEP_Y * row as f64 - 1.0;
    format!(
        "<rect class=\"staffed\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"21\"/>",
        n(x),
        n(y),
        n(width)
    )
}

fn step(value: f64, highest: f64) -> &'static str {
    if highest <= 0.0 || value <= 0.0 {
        return "h0";
    }
    let share = value / highest;
    match share {
        share if share > 0.8 => "h5",
        share if share > 0.6 => "h4",
        share if share > 0.4 => "h3",
        share if share > 0.2 => "h2",
        _ => "h1",
    }
}
