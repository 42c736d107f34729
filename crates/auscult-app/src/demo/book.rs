//! The file of invented texts (`data/demo/st-brigids.json`) as types.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::AppError;

const FILE: &str = include_str!("../../../../data/demo/st-brigids.json");

/// Everything the example is made of.
#[derive(Debug, Deserialize)]
pub struct Book {
    /// Who the organisation is.
    pub workspace: Organisation,
    /// Its places.
    pub places: Vec<Named>,
    /// Clinicians who agreed to be named.
    pub clinicians: Vec<String>,
    /// Organisations it compares itself with.
    pub peers: Vec<String>,
    /// Who works in Auscult.
    pub members: Vec<Member>,
    /// Handles of people who write.
    pub people: Vec<String>,
    /// Where they write.
    pub sources: Vec<Source>,
    /// Short posts by topic and mood.
    pub frames: Vec<Frame>,
    /// Long reviews.
    pub long_reviews: Vec<LongReview>,
    /// Questions by theme.
    pub questions: Vec<Question>,
    /// People asking for a recommendation.
    pub recommend: Vec<String>,
    /// Posts for the safety desk: a person at risk.
    pub crisis: Vec<String>,
    /// Posts for the safety desk: harm in care.
    pub safety: Vec<String>,
    /// Posts about unwanted effects.
    pub adverse: Vec<String>,
    /// Posts about privacy.
    pub privacy: Vec<String>,
    /// Press items.
    pub news: Vec<News>,
    /// Job adverts, which watches leave out.
    pub jobs: Vec<String>,
    /// What people write after an answer, by kind.
    pub followups: BTreeMap<String, Vec<String>>,
    /// What we answered, by kind.
    pub replies: BTreeMap<String, Vec<String>>,
    /// Notes among colleagues.
    pub notes: Vec<String>,
    /// The content plan.
    pub pieces: Vec<Piece>,
    /// Words for the slots.
    pub slots: BTreeMap<String, Vec<String>>,
}

/// Who the organisation is.
#[derive(Debug, Deserialize)]
pub struct Organisation {
    /// Short name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What else people call it.
    pub other_names: Vec<String>,
    /// Law profile.
    pub region: String,
    /// ISO country.
    pub country: String,
    /// IANA time zone.
    pub zone: String,
}

/// Something with a name and other names.
#[derive(Debug, Deserialize)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// What else people call it.
    pub other_names: Vec<String>,
}

/// A colleague.
#[derive(Debug, Deserialize)]
pub struct Member {
    /// Full name.
    pub name: String,
    /// Address to sign in with.
    pub email: String,
    /// Role.
    pub role: String,
    /// Duties beside the role.
    pub duties: Vec<String>,
    /// Team.
    pub team: String,
}

/// A place people write on.
#[derive(Debug, Deserialize)]
pub struct Source {
    /// Network.
    pub source: String,
    /// Host.
    pub site: String,
    /// Kind of post.
    pub kind: String,
    /// How often, relative to the others.
    pub weight: u64,
}

/// Texts of one topic and mood.
#[derive(Debug, Deserialize)]
pub struct Frame {
    /// Topic of care.
    pub t: String,
    /// Mood, -1, 0 or 1.
    pub p: i8,
    /// Main intent.
    pub i: String,
    /// Texts with slots.
    pub x: Vec<String>,
}

/// A long review.
#[derive(Debug, Deserialize)]
pub struct LongReview {
    /// Topic of care.
    pub t: String,
    /// Mood, -1, 0 or 1.
    pub p: i8,
    /// Main intent.
    pub i: String,
    /// Stars given.
    pub stars: f64,
    /// Text with slots.
    pub x: String,
}

/// Questions of one theme.
#[derive(Debug, Deserialize)]
pub struct Question {
    /// Theme, which pieces of the plan refer to.
    pub q: String,
    /// Texts with slots.
    pub x: Vec<String>,
}

/// A press item.
#[derive(Debug, Deserialize)]
pub struct News {
    /// Mood, -1, 0 or 1.
    pub p: i8,
    /// Headline.
    pub h: String,
    /// Text.
    pub x: String,
}

/// A piece of the content plan.
#[derive(Debug, Deserialize)]
pub struct Piece {
    /// Working title.
    pub title: String,
    /// Stance, one of eight.
    pub stance: String,
    /// The theme of questions it answers.
    pub q: Option<String>,
    /// The source text.
    pub text: String,
}

impl Book {
    /// The book shipped in the binary.
    ///
    /// # Errors
    /// `Broken` when the shipped file does not fit these types.
    pub fn embedded() -> Result<Self, AppError> {
        serde_json::from_str(FILE)
            .map_err(|error| AppError::broken(format!("data/demo/st-brigids.json: {error}")))
    }
}
