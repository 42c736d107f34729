//! The labelled text: one kind of row for each file, read from JSON Lines handed in as text.

use serde_json::Value;

use crate::classify::{Feeling, SUBJECT_HEADS, TOPIC_HEADS};

/// Where a row comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Comments of patients with three feelings and topics.
    Survey,
    /// Comments of patients with a grade.
    Graded,
    /// Short public posts scored by raters.
    Tweet,
    /// Sentences of reviews scored by raters.
    Review,
    /// Sentences about medicines.
    Drug,
    /// Lines written for this project: plain telling, questions, adverts, and feeling told without words of feeling.
    Plain,
    /// A correction by a member.
    Correction,
}

/// One labelled text.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Where it comes from.
    pub kind: Kind,
    /// The text.
    pub text: String,
    /// Its feeling, where labelled.
    pub feeling: Option<Feeling>,
    /// Its score in -1..1, where graded.
    pub score: Option<f32>,
    /// For each fine topic whether the text is about it; none where topics were not labelled.
    pub topics: Option<Vec<bool>>,
    /// Whether it tells of an unwanted effect, where labelled.
    pub adverse: Option<bool>,
    /// The coarse subject of a graded comment, a place in the list of subject heads.
    pub subject: Option<usize>,
}

/// A row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file} line {line}: {problem}")]
pub struct BadRow {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
}

/// All labelled text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Corpus {
    /// The rows, in the order of the files.
    pub rows: Vec<Row>,
}

impl Row {
    /// A row without labels.
    pub fn new(kind: Kind, text: &str) -> Self {
        Self {
            kind,
            text: text.to_owned(),
            feeling: None,
            score: None,
            topics: None,
            adverse: None,
            subject: None,
        }
    }

    /// The fold of a row, by its lower-cased text with white space made one, so that equal texts share a fold.
    pub fn fold(&self, folds: u32) -> u32 {
        fold_of(&self.text, folds)
    }
}

/// The fold of a text.
pub(crate) fn fold_of(text: &str, folds: u32) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for word in text.to_lowercase().split_whitespace() {
        for byte in word.bytes().chain([b' ']) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    u32::try_from((mixed >> 32) % u64::from(folds.max(1))).unwrap_or(0)
}

impl Corpus {
    /// Adds the rows of one file; the kind says what its columns mean. Bad rows are reported and left out.
    pub fn add(&mut self, kind: Kind, file: &str, lines: &str) -> Vec<BadRow> {
        let mut bad = Vec::new();
        for (number, line) in lines
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            let row = match kind {
                Kind::Plain => Ok(plain(line)),
                Kind::Survey
                | Kind::Graded
                | Kind::Tweet
                | Kind::Review
                | Kind::Drug
                | Kind::Correction => labelled(kind, line),
            };
            match row {
                Ok(Some(row)) => self.rows.push(row),
                Ok(None) => {}
                Err(problem) => bad.push(BadRow {
                    file: file.to_owned(),
                    line: number + 1,
                    problem,
                }),
            }
        }
        bad
    }

    /// The lines written for this project, which ship with it.
    pub fn add_plain(&mut self) {
        let lines = include_str!("../../../../data/training/plain.tsv");
        self.rows.extend(lines.lines().filter_map(plain));
    }

    /// The rows of one kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.kind == kind)
    }
}

/// A line of the own file: `feeling<TAB>text`.
fn plain(line: &str) -> Option<Row> {
    let (word, text) = line.split_once('\t').filter(|_| !line.starts_with('#'))?;
    let feeling = Feeling::parse(word)?;
    let score = match feeling {
        Feeling::Negative => -0.5,
        Feeling::Neutral => 0.0,
        Feeling::Positive => 0.5,
    };
    Some(Row {
        feeling: Some(feeling),
        score: Some(score),
        adverse: Some(false),
        ..Row::new(Kind::Plain, text.trim())
    })
}

fn labelled(kind: Kind, line: &str) -> Result<Option<Row>, String> {
    let value: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let text = value.get("text").and_then(Value::as_str).ok_or("no text")?;
    let mut row = Row::new(kind, text);
    let number = |name: &str| value.get(name).and_then(Value::as_f64);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "grades are small whole numbers and means of them"
    )]
    let narrow = |number: f64| number as f32;
    row.feeling = value
        .get("sentiment")
        .and_then(Value::as_str)
        .and_then(feeling);
    match kind {
        Kind::Survey => {
            row.score = number("sentiment5").map(|grade| narrow((3.0 - grade) * 0.4));
            row.topics = value
                .get("topics")
                .and_then(Value::as_array)
                .map(|list| topics(list));
            row.adverse = Some(false);
        }
        Kind::Graded => {
            // A criticality of 0 means that nobody graded the comment.
            let grade = number("criticality").ok_or("no criticality")?;
            if grade != 0.0 {
                row.score = Some(narrow(grade / 5.0));
                row.feeling = Some(if grade < 0.0 {
                    Feeling::Negative
                } else {
                    Feeling::Positive
                });
            }
            row.subject = value
                .get("subcategory")
                .and_then(Value::as_str)
                .and_then(subject);
            row.adverse = Some(false);
        }
        Kind::Tweet | Kind::Review => {
            row.score = Some(narrow(number("score").ok_or("no score")? / 4.0));
            row.adverse = Some(false);
        }
        Kind::Drug => {
            let reaction = number("adr").ok_or("no adr")? > 0.5;
            // Withdrawal is unwanted too, but another label: such rows teach neither side.
            let withdrawal = number("wd").unwrap_or(0.0) > 0.5;
            row.adverse = (reaction || !withdrawal).then_some(reaction);
        }
        Kind::Plain | Kind::Correction => {}
    }
    Ok(Some(row))
}

/// Which subject head a subcategory of the graded comments belongs to.
fn subject(subcategory: &str) -> Option<usize> {
    let name = match subcategory {
        "Food" => "food",
        "Listening" => "listening",
        "Amount/clarity of information" => "information",
        "Communication" => "communication",
        "Attitude Of Staff" => "attitude",
        "Staff: General" => "staff",
        "Professionalism/Competence Of Staff" => "competence",
        "Advice and support" | "Emotional care" | "Carer support" => "support",
        "Time spent waiting for first appt/referral/service"
        | "Time spent waiting between appointments" => "waiting",
        "Provision of services" | "General" | "Location" => "access",
        "Facilities/equipment" | "Environment/ facilities" | "Cleanliness" => "environment",
        "Consistency/Continuity of care"
        | "Coordination/Integration Of Care"
        | "Transition And Discharge" => "coordination",
        "Care received" => "care",
        "Nothing to improve" | "Everything was good/bad" => "nothing",
        "Medication" | "Therapies" | "Physical care" => "treatment",
        "Staffing levels" | "1-2-1 care/Time spent with service user" => "staffing",
        "Respect For Diversity/ Person-Centeredness"
        | "Feeling safe including bullying"
        | "Dignity: General" => "dignity",
        "Activities" | "Rules/approach to care" => "activities",
        _ => return None,
    };
    SUBJECT_HEADS
        .iter()
        .position(|head| head.strip_prefix("subject.") == Some(name))
}

fn feeling(word: &str) -> Option<Feeling> {
    match word {
        "neutral_mixed" => Some(Feeling::Neutral),
        other => Feeling::parse(other),
    }
}

fn topics(list: &[Value]) -> Vec<bool> {
    TOPIC_HEADS
        .iter()
        .map(|head| {
            list.iter()
                .any(|id| id.as_str() == head.strip_prefix("topic."))
        })
        .collect()
}
