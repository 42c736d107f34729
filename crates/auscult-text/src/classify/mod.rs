//! What a post is about: language, sentiment, voice, topics, intents, urgency, flags, identifiers and salience, in one
//! reading of the text.
//!
//! [`Classifier::built_in`] holds the lexicons, cues and trained weights of `data/`; [`Classifier::read`] says what one post
//! means. Everything is explained by words of the post. It never hangs anything on an author, never calls out, never
//! decides what is answered.

pub mod adverse;
mod context;
mod cue;
mod explain;
mod features;
mod finding;
mod intents;
mod judge;
mod pattern;
mod reading;
pub mod salience;
mod sentiment;
mod topics;
mod valence;
mod voice;
mod weights;
mod whole;
mod words;

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

pub use finding::{
    Because, Classified, Feeling, Flag, IdentifierFinding, Intent, Language, SalienceFinding,
    SaliencePart, Scored, Sentiment, Topic, TopicFinding, Voice,
};
pub use judge::Classifier;
pub use pattern::BadLine;
pub use reading::Scratch;
pub use topics::topic_of;
pub use weights::{BadWeights, Head, Header, Net, Panel, Weights};

pub(crate) use adverse::inputs as effect_inputs;
pub(crate) use features::{Block, Feature, each};
pub(crate) use reading::{Found, Reading};
pub(crate) use sentiment::{JOINED, Piece, Surface, inputs};
pub(crate) use topics::{SUBJECT_HEADS, TOPIC_HEADS, inputs as topic_inputs};
pub(crate) use weights::{RARITY_STEP, Sum, VERSION, norm, row_sum, whole_number};
pub(crate) use whole::{phrases_of, sentence_hits};
pub(crate) use words::{Hashed, hash_more, hash_word};

use crate::token::Text;

/// Looks for an unwanted effect of a medicine or device in a text, by the built-in weights and rules.
pub fn find_adverse(text: &Text<'_>) -> Option<adverse::Signal> {
    Classifier::built_in().adverse(text)
}

impl Classifier {
    /// The classifier with the lexicons, cues and weights shipped in `data/`, read once.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Classifier> = OnceLock::new();
        BUILT_IN.get_or_init(|| {
            let trained = include_bytes!("../../../../data/weights/classify.weights");
            Self::new(Weights::from_bytes(trained).ok())
        })
    }
}
