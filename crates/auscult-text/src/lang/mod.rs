//! The language of a post: what the platform says, else what a detector says, else unknown.
//!
//! A wrong language hides posts from people who filter by it, so short and unsure texts stay `und`.

#![expect(clippy::too_many_lines, reason = "one line for each case")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

mod english;

use auscult_model::post::Post;
use whatlang::{Lang, Script};

use crate::classify::hash_word;
use crate::token::{Kind, Text};

pub(crate) use english::Evidence;

/// Letters a text needs before the detector is believed.
const ENOUGH_LETTERS: usize = 24;
/// Bytes after which the detector has read enough.
const LONG_ENOUGH: usize = 2_000;
/// The detector's confidence from which it is believed.
const SURE: f64 = 0.85;

/// A language and how sure it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Language {
    /// BCP 47 tag; `und` when it is unknown.
    pub tag: String,
    /// 0 for unknown, 1 for what the platform says.
    pub score: f64,
    /// Who says so.
    pub said_by: SaidBy,
}

/// Who names the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaidBy {
    /// The platform.
    Platform,
    /// The detector.
    Detector,
    /// Nobody.
    Nobody,
}

/// The language of a post.
pub fn of_post(post: &Post) -> Language {
    let texts = [post.title.as_deref(), post.text.as_deref()];
    detect(
        post.lang.as_deref(),
        &texts.into_iter().flatten().collect::<Vec<_>>().join("\n"),
    )
}

/// The language of a text, with the tag of the platform if it gave one.
pub fn detect(platform: Option<&str>, text: &str) -> Language {
    said(platform).unwrap_or_else(|| {
        let cut = Text::new(text);
        let evidence = Evidence::of(cut.folded_words().map(hash_word), |_| false);
        by_words(evidence).unwrap_or_else(|| detected(&cut))
    })
}

/// What the platform says.
pub(crate) fn said(platform: Option<&str>) -> Option<Language> {
    platform
        .map(str::trim)
        .filter(|tag| !tag.is_empty() && !tag.eq_ignore_ascii_case("und"))
        .map(|tag| Language {
            tag: tag.to_owned(),
            score: 1.0,
            said_by: SaidBy::Platform,
        })
}

/// English, where its everyday words say so.
pub(crate) fn by_words(evidence: Evidence) -> Option<Language> {
    evidence.score().map(|score| Language {
        tag: "en".to_owned(),
        score,
        said_by: SaidBy::Detector,
    })
}

/// What the detector of letters says; the beginning of a long text is enough for it.
pub(crate) fn detected(cut: &Text<'_>) -> Language {
    let unknown = Language {
        tag: "und".to_owned(),
        score: 0.0,
        said_by: SaidBy::Nobody,
    };
    let words = words_of(cut);
    let letters = words
        .chars()
        .filter(|character| character.is_alphabetic())
        .count();
    let Some(found) = whatlang::detect(&words) else {
        return unknown;
    };
    // A script that one language uses needs fewer letters.
    let own_script = matches!(
        found.script(),
        Script::Hangul
            | Script::Greek
            | Script::Thai
            | Script::Georgian
            | Script::Armenian
            | Script::Hiragana
            | Script::Katakana
    );
    let enough = if own_script {
        ENOUGH_LETTERS / 4
    } else {
        ENOUGH_LETTERS
    };
    if letters < enough || found.confidence() < SURE {
        return unknown;
    }
    Language {
        tag: tag_of(found.lang()).to_owned(),
        score: found.confidence(),
        said_by: SaidBy::Detector,
    }
}

/// The words as they were written, without addresses, mentions, hashtags and pictures.
fn words_of(cut: &Text<'_>) -> String {
    let tags: Vec<(u32, u32)> = cut
        .hashtags()
        .iter()
        .chain(cut.mentions())
        .map(|tag| (tag.start, tag.end))
        .collect();
    let mut words = String::new();
    let mut last = Kind::Plain;
    for word in cut.words() {
        if words.len() > LONG_ENOUGH {
            break;
        }
        if word.kind == Kind::Emoji
            || tags
                .iter()
                .any(|(start, end)| *start <= word.start && word.end <= *end)
        {
            continue;
        }
        if !(words.is_empty() || last == Kind::Spaceless && word.kind == Kind::Spaceless) {
            words.push(' ');
        }
        words.push_str(cut.written(word));
        last = word.kind;
    }
    words
}

/// The shortest tag of a language.
const fn tag_of(lang: Lang) -> &'static str {
    match lang {
        Lang::Eng => "en",
        Lang::Rus => "ru",
        Lang::Cmn => "zh",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Ben => "bn",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ukr => "uk",
        Lang::Kat => "ka",
        Lang::Ara => "ar",
        Lang::Hin => "hi",
        Lang::Jpn => "ja",
        Lang::Heb => "he",
        Lang::Yid => "yi",
        Lang::Pol => "pl",
        Lang::Amh => "am",
        Lang::Jav => "jv",
        Lang::Kor => "ko",
        Lang::Nob => "nb",
        Lang::Dan => "da",
        Lang::Swe => "sv",
        Lang::Fin => "fi",
        Lang::Tur => "tr",
        Lang::Nld => "nl",
        Lang::Hun => "hu",
        Lang::Ces => "cs",
        Lang::Ell => "el",
        Lang::Bul => "bg",
        Lang::Bel => "be",
        Lang::Mar => "mr",
        Lang::Kan => "kn",
        Lang::Ron => "ro",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Tam => "ta",
        Lang::Vie => "vi",
        Lang::Urd => "ur",
        Lang::Tha => "th",
        Lang::Guj => "gu",
        Lang::Uzb => "uz",
        Lang::Pan => "pa",
        Lang::Aze => "az",
        Lang::Ind => "id",
        Lang::Tel => "te",
        Lang::Pes => "fa",
        Lang::Mal => "ml",
        Lang::Ori => "or",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Sin => "si",
        Lang::Khm => "km",
        Lang::Tuk => "tk",
        Lang::Aka => "ak",
        Lang::Zul => "zu",
        Lang::Sna => "sn",
        Lang::Afr => "af",
        Lang::Lat => "la",
        Lang::Slk => "sk",
        Lang::Cat => "ca",
        Lang::Tgl => "tl",
        Lang::Hye => "hy",
        _ => "und",
    }
}
