//! Answers of the classifier beside the labels, and the report made from them.

mod report;

use auscult_model::post::Post;
use auscult_text::classify::{Classified, Classifier, Feeling, Flag, Scratch, Topic, topic_of};
use auscult_text::train::{Corpus, Kind, Row};
use jiff::Timestamp;
use serde_json::Value;

/// The names of the fine topics, in the order of [`Row::topics`].
const FINE: [&str; 18] = [
    "staff_attitude",
    "communication_listening",
    "information_discharge",
    "responsiveness_staffing",
    "coordination_continuity",
    "clinical_quality",
    "access_scheduling",
    "waiting_time",
    "pain_medication",
    "environment_cleanliness",
    "food_amenities",
    "location_parking_transport",
    "billing_cost",
    "safety",
    "dignity_equity",
    "family_carers",
    "overall_praise",
    "overall_complaint",
];

/// One row judged.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    kind: Kind,
    text: String,
    feeling: Option<Feeling>,
    score: Option<f32>,
    topics: Option<Vec<Topic>>,
    adverse: Option<bool>,
    said: Classified,
}

/// One post of the triage set judged.
#[derive(Debug, Clone)]
pub(crate) struct Triage {
    text: String,
    intents: Vec<String>,
    urgency: u64,
    said: Classified,
}

/// Everything judged.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answers {
    rows: Vec<Answer>,
    triage: Vec<Triage>,
    /// Put together from held-out rows: is, said.
    stories: Vec<(Feeling, Feeling)>,
    /// Written for this project: is, said.
    own_stories: Vec<(Feeling, Feeling)>,
}

fn classify(classifier: &Classifier, text: &str) -> Classified {
    let post = Post {
        text: Some(text.to_owned()),
        ..Post::default()
    };
    classifier.read(&post, Timestamp::UNIX_EPOCH, &mut Scratch::default())
}

/// Positive or negative: for long accounts the sign of the score decides.
fn sign(said: &Classified) -> Feeling {
    if said.sentiment.score < 0.0 {
        Feeling::Negative
    } else {
        Feeling::Positive
    }
}

impl Answers {
    /// Judges one row.
    pub(crate) fn judge(&mut self, classifier: &Classifier, row: &Row) {
        let topics = row.topics.as_ref().map(|list| {
            let mut topics: Vec<Topic> = FINE
                .iter()
                .zip(list)
                .filter(|(_, is)| **is)
                .filter_map(|(name, _)| topic_of(name))
                .collect();
            topics.sort_unstable();
            topics.dedup();
            topics
        });
        self.rows.push(Answer {
            kind: row.kind,
            text: row.text.clone(),
            feeling: row.feeling,
            score: row.score,
            topics,
            adverse: row.adverse,
            said: classify(classifier, &row.text),
        });
    }

    /// Judges accounts of six comments of one feeling with plain telling between, from rows of this fold.
    pub(crate) fn judge_stories(
        &mut self,
        classifier: &Classifier,
        corpus: &Corpus,
        fold: u32,
        folds: u32,
    ) {
        let plain: Vec<&Row> = corpus
            .of(Kind::Plain)
            .filter(|row| row.fold(folds) == fold && row.feeling == Some(Feeling::Neutral))
            .collect();
        for feeling in [Feeling::Negative, Feeling::Positive] {
            let own: Vec<&Row> = corpus
                .of(Kind::Survey)
                .filter(|row| row.fold(folds) == fold && row.feeling == Some(feeling))
                .collect();
            for (number, parts) in own.chunks(6).enumerate() {
                let mut story = String::new();
                for (place, part) in parts.iter().enumerate() {
                    if let Some(plain) = plain.get((number + place) % plain.len().max(1)) {
                        story.push_str(&plain.text);
                        story.push(' ');
                    }
                    story.push_str(&part.text);
                    story.push_str(". ");
                }
                self.stories
                    .push((feeling, sign(&classify(classifier, &story))));
            }
        }
    }

    /// Judges the posts of the triage set.
    pub(crate) fn judge_intents(&mut self, classifier: &Classifier, lines: &str) {
        for post in lines
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        {
            let text = post.get("text").and_then(Value::as_str).unwrap_or_default();
            let intents = post
                .get("intents")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            self.triage.push(Triage {
                text: text.to_owned(),
                intents: intents
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect(),
                urgency: post.get("urgency").and_then(Value::as_u64).unwrap_or(0),
                said: classify(classifier, text),
            });
        }
    }

    /// Judges the long accounts written for this project.
    pub(crate) fn judge_own_stories(&mut self, classifier: &Classifier, lines: &str) {
        for story in lines
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        {
            let text = story
                .get("text")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let feeling = story
                .get("sentiment")
                .and_then(Value::as_str)
                .and_then(Feeling::parse);
            if let Some(feeling) = feeling {
                self.own_stories
                    .push((feeling, sign(&classify(classifier, text))));
            }
        }
    }
}

impl Answer {
    fn has(&self, flag: Flag) -> bool {
        self.said.flags.contains(&flag)
    }
}
