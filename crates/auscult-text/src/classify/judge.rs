//! The classifier: all judgements over one reading, in order.

use std::borrow::Cow;

use auscult_model::post::Post;
use jiff::Timestamp;

use super::adverse::{self, Signal};
use super::context;
use super::cue::Cue;
use super::explain;
use super::features::Negations;
use super::finding::{Classified, Flag, IdentifierFinding, Language, Sentiment, TopicFinding};
use super::intents::{self, Evidence};
use super::pattern::{BadLine, Compiler, Patterns};
use super::reading::{Reading, Scratch};
use super::salience::{Matter, SalienceWeights};
use super::sentiment::JOINED;
use super::topics::{self, FINE};
use super::valence::Lexicon;
use super::voice;
use super::weights::Weights;
use super::whole::{Whole, topic_inputs};
use crate::crisis::{self, Crisis};
use crate::identifiers::AllowList;
use crate::lang;
use crate::reading::Piece;
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
pub(super) struct Places {
    pub(super) joined: Vec<Option<usize>>,
    pub(super) topics: [Option<usize>; FINE.len()],
    adverse: Option<usize>,
    medicine: Option<usize>,
}

/// Says what posts mean. Cheap to share, never changed; a retrained one takes its place as a whole.
#[derive(Debug, Clone)]
pub struct Classifier {
    patterns: Patterns,
    pub(super) lexicon: Lexicon,
    pub(super) negations: Negations,
    pub(super) weights: Option<Weights>,
    pub(super) places: Places,
    bad_lines: Vec<BadLine>,
    salience: SalienceWeights,
    allowed: AllowList,
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
        let reading = Reading::of(&text, &self.patterns, scratch);
        let (lang, readable) = self.language(post, &reading);
        let (whole, topics, adverse) = if readable {
            let whole = self.judge(&reading);
            let topics = self.topics(&reading, &whole);
            let adverse = adverse::find(&reading, self.adverse_probability(&reading, &whole));
            (whole, topics, adverse)
        } else {
            (Whole::unread(), Vec::new(), None)
        };
        let (identifiers, crisis) = self.identifiers_and_crisis(body, &source);
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
            identifiers,
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

    /// The language, and whether lexicons, cues and weights can read it.
    fn language(&self, post: &Post, reading: &Reading<'_>) -> (lang::Language, bool) {
        let english = |tag: &str| tag == "en" || tag.starts_with("en-");
        if let Some(said) = lang::said(post.lang.as_deref()) {
            let readable = english(&said.tag);
            return (said, readable);
        }
        let hashes = reading.marks.iter().map(|mark| mark.hash);
        let evidence = lang::Evidence::of(hashes, |hash| self.lexicon.knows(hash));
        if let Some(lang) = lang::by_words(evidence) {
            return (lang, true);
        }
        let lang = lang::detected(reading.text);
        // Short English is often called nothing or something else: English words of care or feeling speak for themselves.
        let (cues, words) = (reading.hits.len(), reading.marks.len());
        let readable = english(&lang.tag)
            || match lang.said_by {
                lang::SaidBy::Platform | lang::SaidBy::Detector => {
                    cues >= words || evidence.surely_known()
                }
                lang::SaidBy::Nobody => {
                    evidence.partly_known(reading.smiles()) || cues * 6 >= words.max(1)
                }
            };
        (lang, readable)
    }

    /// Identifiers of the body alone, and signs of a crisis in all that was read; both from one cutting where there is no
    /// title.
    fn identifiers_and_crisis(
        &self,
        body: &str,
        source: &str,
    ) -> (Vec<IdentifierFinding>, Option<Crisis>) {
        let pieces = Piece::all(body);
        let identifiers = self.identifiers(body, &pieces);
        let crisis = if body.len() == source.len() {
            crisis::find_in_pieces(pieces)
        } else {
            crisis::find(source)
        };
        (identifiers, crisis)
    }

    /// Stretches that name a person, in code points.
    fn identifiers(&self, source: &str, pieces: &[Piece<'_>]) -> Vec<IdentifierFinding> {
        let spans = crate::identifiers::find_in_pieces(pieces, &self.allowed);
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

#[expect(clippy::cast_possible_truncation, reason = "a score has a few places")]
const fn narrow(score: f64) -> f32 {
    score as f32
}
