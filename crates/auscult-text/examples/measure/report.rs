//! The report.

use std::fmt::Write as _;

use auscult_text::classify::{Feeling, Flag, Topic};
use auscult_text::train::{Binary, Confusion, Interval, Kind, bootstrap, correlation};

use super::{Answer, Answers};

const RESAMPLES: usize = 400;
const SEED: u64 = 7;

fn confusion<'a>(rows: impl Iterator<Item = &'a Answer>) -> Confusion {
    let mut table = Confusion::new(3);
    for row in rows {
        if let Some(is) = row.feeling {
            table.count(is as usize, row.said.sentiment.label as usize);
        }
    }
    table
}

fn pairs(rows: &[(Feeling, Feeling)]) -> Confusion {
    let mut table = Confusion::new(3);
    for (is, said) in rows {
        table.count(*is as usize, *said as usize);
    }
    table
}

fn line(page: &mut String, name: &str, goal: &str, value: impl std::fmt::Display, count: usize) {
    writeln!(page, "| {name} | {value} | {goal} | {count} |").unwrap_or_default();
}

fn table(page: &mut String, title: &str, table: &Confusion) {
    writeln!(page, "\n{title} (rows: labelled, columns: said)\n\n| | negative | neutral | positive |\n| --- | --- | --- | --- |").unwrap_or_default();
    for (is, name) in ["negative", "neutral", "positive"].iter().enumerate() {
        writeln!(
            page,
            "| {name} | {} | {} | {} |",
            table.at(is, 0),
            table.at(is, 1),
            table.at(is, 2)
        )
        .unwrap_or_default();
    }
}

impl Answers {
    fn of(&self, kind: Kind) -> Vec<Answer> {
        self.rows
            .iter()
            .filter(|row| row.kind == kind)
            .cloned()
            .collect()
    }

    /// The report in Markdown; no words of any row.
    pub(crate) fn report(&self) -> String {
        let mut page =
            String::from("| Figure | Value | Asked for | Rows |\n| --- | --- | --- | --- |\n");
        self.sentiment(&mut page);
        self.topics(&mut page);
        self.queues(&mut page);
        self.triage(&mut page);
        let survey = self.of(Kind::Survey);
        table(&mut page, "Patient comments", &confusion(survey.iter()));
        table(
            &mut page,
            "Short public posts",
            &confusion(self.of(Kind::Tweet).iter()),
        );
        self.each_topic(&mut page);
        page
    }

    fn sentiment(&self, page: &mut String) {
        for (kind, name, goal) in [
            (Kind::Survey, "Patient comments, macro-F1", "0.70"),
            (Kind::Tweet, "Short public posts, macro-F1", "0.70"),
            (Kind::Review, "Review sentences, macro-F1", ""),
        ] {
            let rows: Vec<Answer> = self
                .of(kind)
                .into_iter()
                .filter(|row| row.feeling.is_some())
                .collect();
            let value = bootstrap(&rows, RESAMPLES, SEED, |rows| {
                confusion(rows.iter().copied()).macro_f1()
            });
            line(page, name, goal, value, rows.len());
            let recall = bootstrap(&rows, RESAMPLES, SEED, |rows| {
                confusion(rows.iter().copied()).binary(0).recall()
            });
            let goal = if kind == Kind::Survey { "0.85" } else { "" };
            line(page, "– recall of negative", goal, recall, rows.len());
        }
        for (kind, name, goal) in [
            (Kind::Tweet, "Short public posts, r with raters", "0.86"),
            (Kind::Review, "Review sentences, r with raters", ""),
        ] {
            let rows = self.of(kind);
            line(
                page,
                name,
                goal,
                bootstrap(&rows, RESAMPLES, SEED, raters),
                rows.len(),
            );
        }
        let graded = self.of(Kind::Graded);
        let value = bootstrap(&graded, RESAMPLES, SEED, |rows| two_sided(rows));
        line(
            page,
            "Graded comments, positive/negative F1 (by score)",
            "",
            value,
            graded.len(),
        );
        for (rows, name) in [
            (
                &self.stories,
                "Long accounts put together, positive/negative F1",
            ),
            (
                &self.own_stories,
                "Long accounts written for this, positive/negative F1",
            ),
        ] {
            let value = bootstrap(rows, RESAMPLES, SEED, |rows| {
                let rows: Vec<(Feeling, Feeling)> = rows.iter().map(|row| **row).collect();
                let table = pairs(&rows);
                f64::midpoint(table.binary(0).f1(), table.binary(2).f1())
            });
            line(page, name, "0.85", value, rows.len());
        }
    }

    fn topics(&self, page: &mut String) {
        let rows: Vec<Answer> = self
            .of(Kind::Survey)
            .into_iter()
            .filter(|row| row.topics.is_some())
            .collect();
        line(
            page,
            "Topics, micro-F1",
            "0.72",
            bootstrap(&rows, RESAMPLES, SEED, |rows| micro(rows)),
            rows.len(),
        );
        line(
            page,
            "Topics, macro-F1",
            "0.60",
            bootstrap(&rows, RESAMPLES, SEED, |rows| macro_f1(rows)),
            rows.len(),
        );
    }

    fn queues(&self, page: &mut String) {
        let drug: Vec<Answer> = self
            .of(Kind::Drug)
            .into_iter()
            .filter(|row| row.adverse.is_some())
            .collect();
        line(
            page,
            "Unwanted effects, recall",
            "0.90",
            bootstrap(&drug, RESAMPLES, SEED, |rows| adverse(rows).recall()),
            drug.len(),
        );
        line(
            page,
            "Unwanted effects, precision",
            "0.60",
            bootstrap(&drug, RESAMPLES, SEED, |rows| adverse(rows).precision()),
            drug.len(),
        );
        let survey = self.of(Kind::Survey);
        for (flag, name, goal) in [
            (
                Flag::AdverseDrugEvent,
                "Alarms on patient comments: unwanted effects",
                "",
            ),
            (Flag::SafetyEvent, "Alarms on patient comments: safety", ""),
            (
                Flag::CrisisSelfHarm,
                "Alarms on patient comments: crisis",
                "at most 0.005",
            ),
            (
                Flag::PrivacyBreach,
                "Alarms on patient comments: privacy",
                "",
            ),
            (
                Flag::LegalOrMedia,
                "Alarms on patient comments: legal or media",
                "",
            ),
            (
                Flag::StaffAbuse,
                "Alarms on patient comments: abuse of staff",
                "",
            ),
            (Flag::Spam, "Alarms on patient comments: spam", ""),
        ] {
            let value = bootstrap(&survey, 100, SEED, |rows| {
                rows.iter().filter(|row| row.has(flag)).count() as f64 / rows.len().max(1) as f64
            });
            line(page, name, goal, value, survey.len());
        }
    }

    fn triage(&self, page: &mut String) {
        let share = |test: &dyn Fn(&super::Triage) -> bool| -> Interval {
            bootstrap(&self.triage, RESAMPLES, SEED, |rows| {
                rows.iter().filter(|row| test(row)).count() as f64 / rows.len().max(1) as f64
            })
        };
        let main = share(&|row| {
            row.said.intents.first().map(|intent| intent.id.as_str())
                == row.intents.first().map(String::as_str)
        });
        line(
            page,
            "Main intent right (rules written apart from these rows)",
            "",
            main,
            self.triage.len(),
        );
        line(
            page,
            "Urgency right",
            "",
            share(&|row| u64::from(row.said.urgency) == row.urgency),
            self.triage.len(),
        );
        line(
            page,
            "Urgency within one",
            "",
            share(&|row| u64::from(row.said.urgency).abs_diff(row.urgency) <= 1),
            self.triage.len(),
        );
    }

    fn each_topic(&self, page: &mut String) {
        let rows: Vec<Answer> = self
            .of(Kind::Survey)
            .into_iter()
            .filter(|row| row.topics.is_some())
            .collect();
        let all: Vec<&Answer> = rows.iter().collect();
        writeln!(
            page,
            "\n| Topic | Rows | Precision | Recall | F1 |\n| --- | --- | --- | --- | --- |"
        )
        .unwrap_or_default();
        for topic in Topic::ALL {
            let counts = one_topic(&all, *topic);
            let (precision, recall, f1) = (counts.precision(), counts.recall(), counts.f1());
            writeln!(
                page,
                "| {topic} | {} | {precision:.2} | {recall:.2} | {f1:.2} |",
                counts.hits + counts.misses
            )
            .unwrap_or_default();
        }
    }

    /// The worst errors, for the eyes of those who may read the rows.
    pub(crate) fn worst(&self) -> String {
        let mut page = String::from(
            "Worst errors of sentiment (only on this screen; rows stay out of files)\n",
        );
        for kind in [Kind::Survey, Kind::Tweet] {
            let mut rows: Vec<&Answer> = self.rows.iter().filter(|row| row.kind == kind).collect();
            rows.sort_by(|one, other| error(other).total_cmp(&error(one)));
            for row in rows.into_iter().take(25) {
                let shown: String = row.text.chars().take(140).collect();
                let label = row.feeling.map_or("", Feeling::as_str);
                writeln!(
                    page,
                    "  {kind:?} {label} said {:.2}: {shown}",
                    row.said.sentiment.score
                )
                .unwrap_or_default();
            }
        }
        page.push_str("Triage\n");
        for row in &self.triage {
            let said: Vec<&str> = row
                .said
                .intents
                .iter()
                .map(|intent| intent.id.as_str())
                .collect();
            let right = said.first().copied() == row.intents.first().map(String::as_str)
                && u64::from(row.said.urgency) == row.urgency;
            if !right {
                writeln!(
                    page,
                    "  {:?} {} said {said:?} {}: {}",
                    row.intents, row.urgency, row.said.urgency, row.text
                )
                .unwrap_or_default();
            }
        }
        page
    }
}

fn error(row: &Answer) -> f32 {
    row.score
        .map_or(0.0, |score| (score - row.said.sentiment.score).abs())
}

fn raters(rows: &[&Answer]) -> f64 {
    let pairs: Vec<(f64, f64)> = rows
        .iter()
        .filter_map(|row| Some((f64::from(row.score?), f64::from(row.said.sentiment.score))))
        .collect();
    correlation(&pairs)
}

fn two_sided(rows: &[&Answer]) -> f64 {
    let rows: Vec<(Feeling, Feeling)> = rows
        .iter()
        .filter_map(|row| Some((row.feeling?, super::sign(&row.said))))
        .collect();
    let table = pairs(&rows);
    f64::midpoint(table.binary(0).f1(), table.binary(2).f1())
}

fn adverse(rows: &[&Answer]) -> Binary {
    let mut counts = Binary::default();
    for row in rows {
        counts.count((row.has(Flag::AdverseDrugEvent), row.adverse == Some(true)));
    }
    counts
}

fn one_topic(rows: &[&Answer], topic: Topic) -> Binary {
    let mut counts = Binary::default();
    for row in rows {
        let is = row
            .topics
            .as_ref()
            .is_some_and(|topics| topics.contains(&topic));
        counts.count((row.said.topics.iter().any(|said| said.id == topic), is));
    }
    counts
}

fn micro(rows: &[&Answer]) -> f64 {
    let mut all = Binary::default();
    for topic in Topic::ALL {
        let counts = one_topic(rows, *topic);
        all.hits += counts.hits;
        all.alarms += counts.alarms;
        all.misses += counts.misses;
    }
    all.f1()
}

fn macro_f1(rows: &[&Answer]) -> f64 {
    Topic::ALL
        .iter()
        .map(|topic| one_topic(rows, *topic).f1())
        .sum::<f64>()
        / Topic::ALL.len() as f64
}
