//! The classifier: all judgements over one reading, in order.

use std::ops::Range;

use auscult_model::post::Post;
use jiff::Timestamp;

use super::adverse::{self, Signal};
use super::context;
use super::cue::Cue;
use super::explain;
use super::features::{Negations, each};
use super::finding::{
    Classified, Feeling, Flag, IdentifierFinding, Language, Sentiment, TopicFinding,
};
use super::intents::{self, Evidence};
use super::pattern::{BadLine, Compiler, Hit, Patterns};
use super::reading::{Found, Reading, Scratch};
use super::salience::{Matter, SalienceWeights};
use super::sentiment::{JOINED, Piece, Surface, by_lexicon, decide, inputs};
use super::topics::{self, FINE};
use super::valence::Lexicon;
use super::voice;
use super::weights::{Sum, Weights};
use crate::token::Text;

const CUES: [&str; 7] = [
    include_str!("../../../../data/cues/00-words.txt"),
    include_str!("../../../../data/cues/10-topics.txt"),
    include_str!("../../../../data/cues/20-intents.txt"),
    include_str!("../../../../data/cues/30-safety.txt"),
    include_str!("../../../../data/cues/40-others.txt"),
    include_str!("../../../../data/cues/50-context.txt"),
    include_str!("../../../../data/cues/60-valence.txt"),
];

/// Places of the outputs in the trained weights.
#[derive(Debug, Clone, Default)]
struct Places {
    joined: Vec<Option<usize>>,
    topics: [Option<usize>; FINE.len()],
    adverse: Option<usize>,
}

/// Says what posts mean. Cheap to share, never changed; a retrained one takes its place as a whole.
#[derive(Debug, Clone)]
pub struct Classifier {
    pub(crate) patterns: Patterns,
    pub(crate) lexicon: Lexicon,
    pub(crate) negations: Negations,
    pub(crate) weights: Option<Weights>,
    places: Places,
    bad_lines: Vec<BadLine>,
    salience: SalienceWeights,
}

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
    /// A classifier with these weights; without weights it works by lexicon and rules alone.
    pub fn new(weights: Option<Weights>) -> Self {
        let mut compiler = Compiler::default();
        for file in CUES {
            compiler.read(file);
        }
        let (patterns, bad_lines) = compiler.finish();
        let lexicon = Lexicon::read(
            include_str!("../../../../data/lexicon/general.tsv"),
            include_str!("../../../../data/lexicon/care.tsv"),
            include_str!("../../../../data/lexicon/emoji.tsv"),
        );
        let mut places = Places::default();
        if let Some(weights) = &weights {
            places.joined = JOINED.iter().map(|name| weights.head(name)).collect();
            places.topics = FINE.map(|(name, _, _)| weights.head(name));
            places.adverse = weights.head("adverse");
        }
        Self {
            patterns,
            lexicon,
            negations: Negations::default(),
            weights,
            places,
            bad_lines,
            salience: SalienceWeights::default(),
        }
    }

    /// The same classifier with other salience weights.
    #[must_use]
    pub fn with_salience(mut self, salience: SalienceWeights) -> Self {
        self.salience = salience;
        self
    }

    /// The trained weights, where there are some.
    pub const fn weights(&self) -> Option<&Weights> {
        self.weights.as_ref()
    }

    /// Lines of the cue files that are no patterns; none in a good build.
    pub fn bad_lines(&self) -> &[BadLine] {
        &self.bad_lines
    }

    /// What a post means.
    pub fn read(&self, post: &Post, now: Timestamp, scratch: &mut Scratch) -> Classified {
        self.classify(post, now, scratch, false)
    }

    /// What a post means, with the words behind each finding.
    pub fn explain(&self, post: &Post, now: Timestamp, scratch: &mut Scratch) -> Classified {
        self.classify(post, now, scratch, true)
    }

    /// The sentiment of a text alone.
    pub fn sentiment(&self, text: &Text<'_>, scratch: &mut Scratch) -> Sentiment {
        self.judge(&Reading::of(text, &self.patterns, scratch))
            .sentiment
    }

    /// An unwanted effect in a text alone.
    pub fn adverse(&self, text: &Text<'_>) -> Option<Signal> {
        let reading = Reading::of(text, &self.patterns, &mut Scratch::default());
        let whole = self.judge(&reading);
        adverse::find(&reading, self.adverse_probability(&whole))
    }

    fn adverse_probability(&self, whole: &Whole) -> Option<f32> {
        let place = self.places.adverse?;
        let threshold = self.weights.as_ref()?.heads().get(place)?.threshold;
        let whole_sum = whole.outputs.get(place)?;
        let best = whole
            .sentences
            .iter()
            .filter_map(|sentence| sentence.outputs.get(place))
            .copied()
            .fold(*whole_sum, f32::max);
        Some(1.0 / (1.0 + (threshold - best).exp()))
    }

    fn classify(
        &self,
        post: &Post,
        now: Timestamp,
        scratch: &mut Scratch,
        is_explained: bool,
    ) -> Classified {
        let joined;
        let body = post.text.as_deref().unwrap_or_default();
        let (source, skipped) = match post.title.as_deref().filter(|title| !title.is_empty()) {
            Some(title) => {
                joined = format!("{title}\n\n{body}");
                (joined.as_str(), title.chars().count() + 2)
            }
            None => (body, 0),
        };
        let text = Text::new(source);
        let lang = language(post.lang.as_deref(), source);
        let reading = Reading::of(&text, &self.patterns, scratch);
        let is_readable = is_readable(&lang, &reading);
        let whole = if is_readable {
            self.judge(&reading)
        } else {
            Whole::unread()
        };
        let topics = if is_readable {
            self.topics(&reading, &whole)
        } else {
            Vec::new()
        };
        let evidence = Evidence {
            reading: &reading,
            sentiment: whole.sentiment,
            range: whole.range(),
            topics: &topics,
            adverse: is_readable
                .then(|| adverse::find(&reading, self.adverse_probability(&whole)))
                .flatten(),
            crisis: crisis(&text),
        };
        let judged = intents::judge(&evidence);
        let matter = matter(&reading, &judged.flags, &topics, whole.sentiment);
        let salience = context::input(
            post,
            &reading,
            now,
            whole.care_polarity(),
            matter,
            judged.urgency,
        )
        .salience(&self.salience)
        .finding();
        let mut urgency = judged.urgency;
        if salience.value >= 70
            && urgency < 2
            && post.created_at.is_some()
            && !context::is_answered(post)
        {
            urgency += 1;
        }
        let mut classified = Classified {
            id: post.id.clone(),
            lang,
            sentiment: whole.sentiment,
            voice: voice::find(post, &reading),
            topics,
            intents: judged.intents,
            urgency,
            flags: judged.flags,
            identifiers: identifiers(body),
            salience,
            because: None,
        };
        if is_explained {
            classified.because = Some(explain::because(
                self,
                &reading,
                &whole,
                &classified,
                skipped,
            ));
        }
        classified
    }

    /// Sentences, the whole and their sentiment.
    pub(crate) fn judge(&self, reading: &Reading<'_>) -> Whole {
        let mut sentences = Vec::with_capacity(reading.sentences.len());
        let mut all = Sum::default();
        let mut hits: &[Hit] = &reading.hits;
        for range in &reading.sentences {
            let count = hits.partition_point(|hit| hit.first < range.end);
            let (own, rest) = hits.split_at_checked(count).unwrap_or((hits, &[]));
            hits = rest;
            let (piece, outputs) = self.piece(reading, range, own, &mut all);
            sentences.push(Judged {
                range: range.clone(),
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
            let sentiment = self.decide(&[only.piece.clone()], &outputs, Surface::of(reading));
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
        let sentiment = self.decide(&pieces, &outputs, Surface::of(reading));
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
        let phrases = phrases(hits);
        let valence = self.lexicon.sentence(reading, range, &phrases);
        let mut outputs = Vec::new();
        if let Some(weights) = &self.weights {
            let mut sum = Sum::default();
            each(reading, &self.negations, range, hits, &mut |feature| {
                weights.add(feature, &mut sum)
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

    fn topics(&self, reading: &Reading<'_>, whole: &Whole) -> Vec<TopicFinding> {
        let margins = |outputs: &[f32]| {
            self.places.topics.map(|place| {
                let place = place?;
                Some(outputs.get(place)? - self.weights.as_ref()?.heads().get(place)?.threshold)
            })
        };
        let mut topics = topics::join(&topics::scores(&margins(&whole.outputs), reading.found()));
        let spoken: Vec<_> = whole
            .sentences
            .iter()
            .map(|sentence| {
                topics::join(&topics::scores(
                    &margins(&sentence.outputs),
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

impl Whole {
    /// A text in a language nobody here reads.
    const fn unread() -> Self {
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
    fn range(&self) -> (f32, f32) {
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
    fn care_polarity(&self) -> f32 {
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

/// Valence phrases of a sentence that do not overlap, the longest first.
pub(crate) fn phrases(hits: &[Hit]) -> Vec<(usize, usize, f32)> {
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

/// The gravest matter a text speaks of.
fn matter(
    reading: &Reading<'_>,
    flags: &[Flag],
    topics: &[TopicFinding],
    sentiment: Sentiment,
) -> Matter {
    let harmed = flags.contains(&Flag::SafetyEvent)
        && (reading.has(Cue::Harm) || reading.has(Cue::GraveHarm));
    if harmed || flags.contains(&Flag::AdverseDrugEvent) || flags.contains(&Flag::CrisisSelfHarm) {
        return Matter::Harm;
    }
    let careless = topics
        .iter()
        .any(|topic| topic.id == super::Topic::SafetyDignity && topic.polarity < 0.0);
    if flags.contains(&Flag::PrivacyBreach) || (careless && reading.has(Cue::Dignity)) {
        return Matter::Dignity;
    }
    if flags.contains(&Flag::SafetyEvent)
        || (careless && sentiment.score < 0.0)
        || reading.has(Cue::Hazard)
    {
        return Matter::SafetyWorry;
    }
    Matter::Other
}

/// The language, from the tag of the platform and the text.
fn language(tag: Option<&str>, source: &str) -> Language {
    let _ = source;
    let tag = tag
        .map(str::trim)
        .filter(|tag| !tag.is_empty() && *tag != "und");
    Language {
        tag: tag.unwrap_or("en").to_owned(),
        score: if tag.is_some() { 0.9 } else { 0.5 },
    }
}

/// Whether the lexicons, cues and weights can read this text.
fn is_readable(lang: &Language, reading: &Reading<'_>) -> bool {
    let english = lang.tag == "en" || lang.tag.starts_with("en-");
    // Short English is often called something else: English words of care or feeling speak for themselves.
    english || (lang.score < 0.6 && reading.hits.len() * 5 >= reading.marks.len().max(1))
}

/// How sure the crisis rules are.
fn crisis(text: &Text<'_>) -> Option<f32> {
    let _ = text;
    None
}

/// Stretches that name a person.
fn identifiers(source: &str) -> Vec<IdentifierFinding> {
    let _ = source;
    Vec::new()
}
