//! A text judged piece by piece: each sentence through lexicon, weights and join, then the whole, then its topics.

use std::ops::Range;

use super::Classifier;
use super::cue::Cue;
use super::features::each;
use super::finding::{Feeling, Sentiment, TopicFinding};
use super::pattern::Hit;
use super::reading::{Found, Reading};
use super::sentiment::{Piece, Surface, account, by_lexicon, decide, inputs};
use super::topics::{self, FINE};
use super::weights::Sum;

/// One sentence, judged.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub(crate) range: Range<usize>,
    pub(crate) piece: Piece,
    pub(crate) sentiment: Sentiment,
    pub(crate) found: Found,
    /// All outputs of the trained weights over this sentence.
    pub(crate) outputs: Vec<f32>,
}

/// A whole text, judged.
#[derive(Debug, Clone)]
pub(crate) struct Whole {
    pub(crate) sentences: Vec<Judged>,
    /// All outputs over the whole text; empty without weights.
    pub(crate) outputs: Vec<f32>,
    pub(crate) sentiment: Sentiment,
}

impl Classifier {
    /// Sentences, the whole and their sentiment.
    pub(crate) fn judge(&self, reading: &Reading<'_>) -> Whole {
        let mut sentences = Vec::with_capacity(reading.sentences.len());
        let mut all = Sum::default();
        for (range, own) in sentence_hits(reading) {
            let (piece, outputs) = self.piece(reading, &range, own, &mut all);
            sentences.push(Judged {
                range,
                piece,
                sentiment: Sentiment {
                    label: Feeling::Neutral,
                    score: 0.0,
                },
                found: Found::of(own.iter()),
                outputs,
            });
        }
        let outputs = self
            .weights
            .as_ref()
            .map(|weights| weights.outputs(&all))
            .unwrap_or_default();
        if let [only] = sentences.as_mut_slice() {
            let sentiment = self.decide(
                std::slice::from_ref(&only.piece),
                &outputs,
                Surface::of(reading),
            );
            only.sentiment = sentiment;
            return Whole {
                sentences,
                outputs,
                sentiment,
            };
        }
        for sentence in &mut sentences {
            let surface = Surface::of_piece(&sentence.range, &sentence.found, reading);
            sentence.sentiment = self.decide(
                std::slice::from_ref(&sentence.piece),
                &sentence.outputs,
                surface,
            );
        }
        let pieces: Vec<Piece> = sentences
            .iter()
            .map(|sentence| sentence.piece.clone())
            .collect();
        let scores: Vec<f32> = sentences
            .iter()
            .map(|sentence| sentence.sentiment.score)
            .collect();
        let sentiment = account(
            self.decide(&pieces, &outputs, Surface::of(reading)),
            reading.marks.len(),
            &scores,
        );
        Whole {
            sentences,
            outputs,
            sentiment,
        }
    }

    fn piece(
        &self,
        reading: &Reading<'_>,
        range: &Range<usize>,
        hits: &[Hit],
        all: &mut Sum,
    ) -> (Piece, Vec<f32>) {
        let phrases = phrases_of(hits);
        let valence = self.lexicon.sentence(reading, range, &phrases);
        let mut outputs = Vec::new();
        if let Some(weights) = &self.weights {
            let mut sum = Sum::default();
            each(reading, &self.negations, range, hits, &mut |feature| {
                weights.add(feature, &mut sum);
            });
            all.add(&sum);
            outputs = weights.outputs(&sum);
        }
        (
            Piece {
                words: range.len(),
                valence,
                outputs: self.joined(&outputs),
            },
            outputs,
        )
    }

    /// The outputs the join looks at.
    fn joined(&self, outputs: &[f32]) -> Vec<f32> {
        self.places
            .joined
            .iter()
            .map(|place| {
                place
                    .and_then(|place| outputs.get(place))
                    .copied()
                    .unwrap_or(0.0)
            })
            .collect()
    }

    fn decide(&self, pieces: &[Piece], outputs: &[f32], surface: Surface) -> Sentiment {
        match &self.weights {
            Some(weights) if !pieces.is_empty() => decide(&weights.header.join.outputs(&inputs(
                pieces,
                &self.joined(outputs),
                surface,
            ))),
            _ => by_lexicon(pieces),
        }
    }

    /// The fine topics above or below their thresholds.
    pub(super) fn topic_margins(&self, inputs: &[f32]) -> [topics::Margin; FINE.len()] {
        let Some(weights) = &self.weights else {
            return [None; FINE.len()];
        };
        let sums = weights.header.topics.outputs(inputs);
        let mut margins = [None; FINE.len()];
        for ((margin, place), sum) in margins.iter_mut().zip(self.places.topics).zip(sums) {
            *margin = place
                .and_then(|place| weights.heads().get(place))
                .map(|head| sum - head.threshold);
        }
        margins
    }

    pub(super) fn topics(&self, reading: &Reading<'_>, whole: &Whole) -> Vec<TopicFinding> {
        let mut topics = topics::join(&topics::scores(
            &self.topic_margins(&topic_inputs(reading, whole)),
            reading.found(),
        ));
        if topics.is_empty() {
            return topics;
        }
        if whole.sentences.len() == 1 {
            for topic in &mut topics {
                topic.polarity = whole.sentiment.score;
            }
            return topics;
        }
        let spoken: Vec<_> = whole
            .sentences
            .iter()
            .map(|sentence| {
                let own = std::iter::once(sentence.outputs.as_slice());
                let inputs = topics::inputs(
                    &sentence.outputs,
                    own,
                    &sentence.found,
                    sentence.range.len(),
                );
                topics::join(&topics::scores(
                    &self.topic_margins(&inputs),
                    &sentence.found,
                ))
            })
            .collect();
        for topic in &mut topics {
            let (mut sum, mut count) = (0.0_f32, 0.0_f32);
            for (sentence, found) in whole.sentences.iter().zip(&spoken) {
                if found.iter().any(|other| other.id == topic.id) {
                    sum += sentence.sentiment.score;
                    count += 1.0;
                }
            }
            topic.polarity = if count > 0.0 {
                sum / count
            } else {
                whole.sentiment.score
            };
        }
        topics
    }
}

pub(super) fn topic_inputs(reading: &Reading<'_>, whole: &Whole) -> Vec<f32> {
    let sentences = whole
        .sentences
        .iter()
        .map(|sentence| sentence.outputs.as_slice());
    topics::inputs(
        &whole.outputs,
        sentences,
        reading.found(),
        reading.marks.len(),
    )
}

impl Whole {
    /// A text in a language nobody here reads.
    pub(super) const fn unread() -> Self {
        Self {
            sentences: Vec::new(),
            outputs: Vec::new(),
            sentiment: Sentiment {
                label: Feeling::Neutral,
                score: 0.0,
            },
        }
    }

    /// The lowest and highest score of a sentence.
    pub(super) fn range(&self) -> (f32, f32) {
        let scores = || {
            self.sentences
                .iter()
                .map(|sentence| sentence.sentiment.score)
        };
        (
            scores().fold(self.sentiment.score, f32::min),
            scores().fold(self.sentiment.score, f32::max),
        )
    }

    /// The mean over the sentences about care; praise of another place is left out.
    pub(super) fn care_polarity(&self) -> f32 {
        let own = self.sentences.iter().filter(|sentence| {
            !(sentence.found.has(Cue::OtherPlace) && sentence.sentiment.score > 0.0)
        });
        let (sum, count) = own.fold((0.0_f32, 0.0_f32), |(sum, count), sentence| {
            let weight = (sentence.piece.words as f32).min(25.0);
            (sum + weight * sentence.sentiment.score, count + weight)
        });
        if count > 0.0 {
            0.5 * (sum / count) + 0.5 * self.sentiment.score
        } else {
            self.sentiment.score
        }
    }
}

/// Each sentence with the cues found in it.
pub(crate) fn sentence_hits<'r>(
    reading: &'r Reading<'_>,
) -> impl Iterator<Item = (Range<usize>, &'r [Hit])> {
    let mut hits: &[Hit] = &reading.hits;
    reading.sentences.iter().map(move |range| {
        let count = hits.partition_point(|hit| hit.first < range.end);
        let (own, rest) = hits.split_at_checked(count).unwrap_or((hits, &[]));
        hits = rest;
        (range.clone(), own)
    })
}

/// Valence phrases of a sentence that do not overlap, the longest first.
pub(crate) fn phrases_of(hits: &[Hit]) -> Vec<(usize, usize, f32)> {
    let mut found: Vec<(usize, usize, f32)> = hits
        .iter()
        .filter(|hit| hit.cue == Cue::Valence)
        .map(|hit| (hit.first, hit.end, hit.weight))
        .collect();
    if found.len() > 1 {
        found.sort_by(|one, other| {
            (other.1 - other.0)
                .cmp(&(one.1 - one.0))
                .then(one.0.cmp(&other.0))
                .then(one.2.total_cmp(&other.2))
        });
        let mut kept: Vec<(usize, usize, f32)> = Vec::with_capacity(found.len());
        for phrase in found {
            if kept.len() < 64
                && kept
                    .iter()
                    .all(|held| phrase.1 <= held.0 || held.1 <= phrase.0)
            {
                kept.push(phrase);
            }
        }
        return kept;
    }
    found
}
