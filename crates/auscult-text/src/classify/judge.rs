//! The classifier: all judgements over one reading, in order.

use std::borrow::Cow;
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
use super::sentiment::{JOINED, Piece, Surface, account, by_lexicon, decide, inputs};
use super::topics::{self, FINE};
use super::valence::Lexicon;
use super::voice;
use super::weights::{Sum, Weights};
use crate::crisis;
use crate::identifiers::AllowList;
use crate::lang;
use crate::token::{Offsets, Text};

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
    medicine: Option<usize>,
}

/// Says what posts mean. Cheap to share, never changed; a retrained one takes its place as a whole.
#[derive(Debug, Clone)]
pub struct Classifier {
    patterns: Patterns,
    lexicon: Lexicon,
    negations: Negations,
    weights: Option<Weights>,
    places: Places,
    bad_lines: Vec<BadLine>,
    salience: SalienceWeights,
    allowed: AllowList,
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
            places.medicine = weights.head("domain.medicine");
        }
        Self {
            patterns,
            lexicon,
            negations: Negations::default(),
            weights,
            places,
            bad_lines,
            salience: SalienceWeights::default(),
            allowed: AllowList::default(),
        }
    }

    /// The same classifier with other salience weights.
    #[must_use]
    pub fn with_salience(mut self, salience: SalienceWeights) -> Self {
        self.salience = salience;
        self
    }

    /// The same classifier with names that are no identifiers (staff who agreed, places).
    #[must_use]
    pub fn with_allowed(mut self, allowed: AllowList) -> Self {
        self.allowed = allowed;
        self
    }

    /// The trained weights, where there are some.
    pub const fn weights(&self) -> Option<&Weights> {
        self.weights.as_ref()
    }

    pub(crate) const fn patterns(&self) -> &Patterns {
        &self.patterns
    }

    pub(crate) const fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    pub(crate) const fn negations(&self) -> &Negations {
        &self.negations
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

    /// The fine topics of a text alone, in the order of the trained heads.
    pub(crate) fn fine_topics(&self, text: &Text<'_>, scratch: &mut Scratch) -> Vec<bool> {
        let reading = Reading::of(text, &self.patterns, scratch);
        let whole = self.judge(&reading);
        let margins = self.topic_margins(&topic_inputs(&reading, &whole));
        topics::scores(&margins, reading.found())
            .iter()
            .map(|score| *score >= 0.5)
            .collect()
    }

    /// An unwanted effect in a text alone.
    pub fn adverse(&self, text: &Text<'_>) -> Option<Signal> {
        let reading = Reading::of(text, &self.patterns, &mut Scratch::default());
        let whole = self.judge(&reading);
        adverse::find(&reading, self.adverse_probability(&reading, &whole))
    }

    /// How sure the weights are of an unwanted effect.
    fn adverse_probability(
        &self,
        reading: &Reading<'_>,
        whole: &Whole,
    ) -> Option<adverse::Trained> {
        let place = self.places.adverse?;
        let weights = self.weights.as_ref()?;
        let threshold = weights.heads().get(place)?.threshold;
        let greatest = whole
            .sentences
            .iter()
            .filter_map(|sentence| sentence.outputs.get(place))
            .copied()
            .fold(-3.0, f32::max);
        let inputs = adverse::inputs(
            &whole.outputs,
            greatest,
            reading.found(),
            reading.marks.len(),
        );
        let sum = weights.header.effects.outputs(&inputs).first().copied()?;
        let medicine = self
            .places
            .medicine
            .and_then(|place| whole.outputs.get(place))
            .copied()
            .unwrap_or(0.0);
        Some(adverse::Trained {
            score: 1.0 / (1.0 + (threshold - sum).exp()),
            is_medicine_talk: medicine > 0.0,
        })
    }

    fn classify(
        &self,
        post: &Post,
        now: Timestamp,
        scratch: &mut Scratch,
        is_explained: bool,
    ) -> Classified {
        let body = post.text.as_deref().unwrap_or_default();
        let (source, skipped) = with_title(post.title.as_deref(), body);
        let text = Text::new(&source);
        let lang = lang::detect(post.lang.as_deref(), &source);
        let reading = Reading::of(&text, &self.patterns, scratch);
        let (whole, topics, adverse) = if is_readable(&lang, &reading) {
            let whole = self.judge(&reading);
            let topics = self.topics(&reading, &whole);
            let adverse = adverse::find(&reading, self.adverse_probability(&reading, &whole));
            (whole, topics, adverse)
        } else {
            (Whole::unread(), Vec::new(), None)
        };
        let crisis = crisis::find(&source);
        let judged = intents::judge(&Evidence {
            reading: &reading,
            sentiment: whole.sentiment,
            range: whole.range(),
            topics: &topics,
            adverse,
            crisis: crisis.as_ref().map(|crisis| narrow(crisis.score)),
        });
        let weighed = context::Weighed {
            polarity: whole.care_polarity(),
            matter: matter(&reading, &judged.flags, &topics, whole.sentiment),
            urgency: judged.urgency,
        };
        let salience = context::input(post, &reading, now, weighed)
            .salience(&self.salience)
            .finding();
        let urgency = raised(judged.urgency, salience.value, post);
        let mut classified = Classified {
            id: post.id.clone(),
            lang: Language {
                score: narrow(lang.score),
                tag: lang.tag,
            },
            sentiment: whole.sentiment,
            voice: voice::find(post, &reading),
            topics,
            intents: judged.intents,
            urgency,
            flags: judged.flags,
            identifiers: self.identifiers(body),
            salience,
            because: None,
        };
        if is_explained {
            classified.because = Some(explain::because(
                self,
                &reading,
                &whole,
                (&classified, crisis.as_ref()),
                skipped,
            ));
        }
        classified
    }

    /// Stretches that name a person, in code points.
    fn identifiers(&self, source: &str) -> Vec<IdentifierFinding> {
        let spans = crate::identifiers::find(source, &self.allowed);
        if spans.is_empty() {
            return Vec::new();
        }
        let offsets = Offsets::new(source);
        let finding = |span: &crate::identifiers::Span| IdentifierFinding {
            kind: span.kind.as_str().to_owned(),
            start: offsets.code_points(span.start),
            end: offsets.code_points(span.end),
            value: source
                .get(span.start..span.end)
                .unwrap_or_default()
                .to_owned(),
        };
        spans.iter().map(finding).collect()
    }

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
    fn topic_margins(&self, inputs: &[f32]) -> [topics::Margin; FINE.len()] {
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

    fn topics(&self, reading: &Reading<'_>, whole: &Whole) -> Vec<TopicFinding> {
        let mut topics = topics::join(&topics::scores(
            &self.topic_margins(&topic_inputs(reading, whole)),
            reading.found(),
        ));
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

fn topic_inputs(reading: &Reading<'_>, whole: &Whole) -> Vec<f32> {
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

/// The text with its title before it, and how many code points of title stand there.
fn with_title<'p>(title: Option<&str>, body: &'p str) -> (Cow<'p, str>, usize) {
    match title.filter(|title| !title.is_empty()) {
        Some(title) => (
            Cow::Owned(format!("{title}\n\n{body}")),
            title.chars().count() + 2,
        ),
        None => (Cow::Borrowed(body), 0),
    }
}

/// An unanswered post of salience 70 or more rises one step, at most to 2, so that due order brings it up.
fn raised(urgency: u8, salience: u8, post: &Post) -> u8 {
    let waits = post.created_at.is_some() && !context::is_answered(post);
    if salience >= 70 && urgency < 2 && waits {
        urgency + 1
    } else {
        urgency
    }
}

/// Whether the lexicons, cues and weights can read this text.
fn is_readable(lang: &lang::Language, reading: &Reading<'_>) -> bool {
    if lang.tag == "en" || lang.tag.starts_with("en-") {
        return true;
    }
    // Short English is often called nothing or something else: English words of care or feeling speak for themselves.
    let (cues, words) = (reading.hits.len(), reading.marks.len());
    match lang.said_by {
        lang::SaidBy::Platform => false,
        lang::SaidBy::Detector => cues >= words,
        lang::SaidBy::Nobody => cues * 6 >= words.max(1),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a score has a few places")]
const fn narrow(score: f64) -> f32 {
    score as f32
}
