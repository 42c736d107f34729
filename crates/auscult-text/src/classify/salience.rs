//! Salience: which item to read first, 0..100, with every part, its points and its evidence.
//!
//! `salience = 100 * sum(weight * part) / sum(weights of parts that have data)`. It is per item, never a sum of items; it
//! never decides who is asked for a review, never ranks people and never sees a diagnosis.

use serde::{Deserialize, Serialize};

use super::finding::{SalienceFinding, SaliencePart};

/// The weights, a visible setting of each workspace.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SalienceWeights {
    /// How bad the experience is.
    pub negative: f64,
    /// How long, specific and readable the account is.
    pub writing: f64,
    /// Harm, dignity, safety.
    pub topic: f64,
    /// Where it stands and who hears it.
    pub reach: f64,
    /// How new it is.
    pub recency: f64,
    /// How few stars.
    pub stars: f64,
    /// How long it has waited for an answer.
    pub unanswered: f64,
}

impl Default for SalienceWeights {
    fn default() -> Self {
        Self {
            negative: 20.0,
            writing: 30.0,
            topic: 15.0,
            reach: 10.0,
            recency: 8.0,
            stars: 5.0,
            unanswered: 12.0,
        }
    }
}

/// The gravest matter a text speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Matter {
    /// None of the others.
    #[default]
    Other,
    /// A worry about safety without harm.
    SafetyWorry,
    /// Dignity or privacy.
    Dignity,
    /// Harm.
    Harm,
}

impl Matter {
    /// The value of the part `topic`.
    pub const fn value(self) -> f64 {
        match self {
            Self::Other => 0.0,
            Self::SafetyWorry => 0.6,
            Self::Dignity => 0.8,
            Self::Harm => 1.0,
        }
    }

    const fn shown(self) -> &'static str {
        match self {
            Self::Other => "",
            Self::SafetyWorry => "safety worry",
            Self::Dignity => "dignity or privacy",
            Self::Harm => "harm",
        }
    }
}

/// What salience looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SalienceInput {
    /// Mean feeling of the sentences about care, -1..1.
    pub polarity: f64,
    /// How many words.
    pub words: usize,
    /// How many kinds of specifics, each once.
    pub specifics: usize,
    /// School grade; none for a text too short to have one.
    pub grade: Option<f64>,
    /// Written all in capitals.
    pub is_all_capitals: bool,
    /// The gravest matter.
    pub matter: Matter,
    /// Weight of the place where it stands, 0..1, where known.
    pub place: Option<f64>,
    /// Followers of the author, used in the moment and never kept.
    pub followers: Option<f64>,
    /// Age in days, where known.
    pub age_days: Option<f64>,
    /// Stars, where given.
    pub stars: Option<f64>,
    /// A human reply is out.
    pub is_answered: bool,
    /// Age over due time.
    pub age_over_due: f64,
}

/// The value of one part and what it is shown as.
struct Value {
    id: &'static str,
    weight: f64,
    held: f64,
    shown: String,
}

/// A salience before it is rounded for people.
#[derive(Debug, Clone, PartialEq)]
pub struct Salience {
    /// 0..100.
    pub value: f64,
    /// Name, value and points of each part that has data.
    pub parts: Vec<(&'static str, f64, f64)>,
    shown: Vec<String>,
}

impl SalienceInput {
    /// The salience under some weights.
    pub fn salience(&self, weights: &SalienceWeights) -> Salience {
        let values = self.values(weights);
        let total: f64 = values.iter().map(|value| value.weight).sum();
        let scale = if total > 0.0 { 100.0 / total } else { 0.0 };
        let parts: Vec<_> = values
            .iter()
            .map(|value| (value.id, value.held, value.weight * value.held * scale))
            .collect();
        let value = parts
            .iter()
            .map(|(_, _, points)| points)
            .sum::<f64>()
            .clamp(0.0, 100.0);
        Salience {
            value,
            parts,
            shown: values.into_iter().map(|value| value.shown).collect(),
        }
    }

    /// The worth of a praise as a story to ask consent for, 0..100: the writing part times positive polarity.
    pub fn story_value(&self) -> f64 {
        100.0 * self.polarity.max(0.0) * self.quality()
    }

    fn negative(&self) -> f64 {
        (-self.polarity).clamp(0.0, 1.0)
    }

    /// Length, specificity and readability together, 0..1.
    fn quality(&self) -> f64 {
        0.45 * self.length() + 0.35 * self.specificity() + 0.20 * self.readability()
    }

    /// `clamp((words - 10) / 110)`.
    pub fn length(&self) -> f64 {
        ((self.words as f64 - 10.0) / 110.0).clamp(0.0, 1.0)
    }

    /// `clamp(specifics / 4)`.
    pub fn specificity(&self) -> f64 {
        (self.specifics as f64 / 4.0).clamp(0.0, 1.0)
    }

    /// Grade 5..10 is 1, falling to 0 at 2 and at 16; nothing below 20 words; all capitals halve it.
    pub fn readability(&self) -> f64 {
        let Some(grade) = self.grade.filter(|_| self.words >= 20) else {
            // A text shorter than 20 words, or one nobody could grade.
            return 0.0;
        };
        let full = if grade < 5.0 {
            (grade - 2.0) / 3.0
        } else {
            (16.0 - grade) / 6.0
        };
        full.clamp(0.0, 1.0) * if self.is_all_capitals { 0.5 } else { 1.0 }
    }

    fn values(&self, weights: &SalienceWeights) -> Vec<Value> {
        let negative = self.negative();
        let part = |id, weight, held, shown| Value {
            id,
            weight,
            held,
            shown,
        };
        let mut values = vec![
            part(
                "negative",
                weights.negative,
                negative,
                format!("negative experience {negative:.2}"),
            ),
            part(
                "writing",
                weights.writing,
                negative * self.quality(),
                self.writing_shown(),
            ),
            part(
                "topic",
                weights.topic,
                self.matter.value(),
                self.matter.shown().to_owned(),
            ),
        ];
        if let Some(age) = self.age_days.map(|age| age.max(0.0)) {
            let fresh = (-age / 14.0).exp2();
            values.push(part(
                "recency",
                weights.recency,
                fresh,
                format!("{age:.0} days"),
            ));
        }
        if let Some(place) = self.place {
            let author =
                ((1.0 + self.followers.unwrap_or(0.0).max(0.0)).log10() / 6.0).clamp(0.0, 1.0);
            let reach = 0.6 * place.clamp(0.0, 1.0) + 0.4 * author;
            let shown = format!("place {place:.1}, author {author:.1}");
            values.push(part("reach", weights.reach, reach, shown));
        }
        if let Some(stars) = self.stars {
            let few = ((5.0 - stars) / 4.0).clamp(0.0, 1.0);
            let shown = if stars > 1.0 {
                format!("{stars} stars")
            } else {
                "1 star".to_owned()
            };
            values.push(part("stars", weights.stars, few, shown));
        }
        let waiting = if self.is_answered {
            0.0
        } else {
            0.5 + 0.5 * self.age_over_due.clamp(0.0, 1.0)
        };
        values.push(part(
            "unanswered",
            weights.unanswered,
            waiting,
            self.waiting_shown(),
        ));
        values
    }

    fn writing_shown(&self) -> String {
        let grade = self.grade.filter(|_| self.words >= 20).map_or_else(
            || "no grade".to_owned(),
            |grade| format!("grade {grade:.0}"),
        );
        format!(
            "{} words, {} specifics, {grade}",
            self.words, self.specifics
        )
    }

    fn waiting_shown(&self) -> String {
        if self.is_answered {
            return "answered".to_owned();
        }
        format!(
            "unanswered, {:.0} % of the due time gone",
            self.age_over_due.clamp(0.0, 9.99) * 100.0
        )
    }
}

impl Salience {
    /// Rounded for people and files.
    pub fn finding(self) -> SalienceFinding {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the value lies in 0..=100"
        )]
        let value = self.value.round() as u8;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "three places are kept of a number below 100"
        )]
        let parts = self
            .parts
            .into_iter()
            .zip(self.shown)
            .map(|((id, value, points), shown)| SaliencePart {
                id,
                value: value as f32,
                points: points as f32,
                shown,
            })
            .collect();
        SalienceFinding { value, parts }
    }
}

/// The salience of a group (same topic, same service, 7 days): `min(100, highest + 4 * log2(independent authors))`.
pub fn group_salience(highest: f64, authors: u32) -> f64 {
    (highest + 4.0 * f64::from(authors.max(1)).log2()).min(100.0)
}
