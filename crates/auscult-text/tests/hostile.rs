//! Hostile and foreign text through every public door: it never breaks, never takes more than linear time, and a
//! language nobody here reads is named or called unknown, never guessed at.

#![cfg(test)]

use std::time::Instant;

use auscult_model::post::Post;
use auscult_text::classify::{Classified, Classifier, Feeling, Scratch};
use auscult_text::crisis;
use auscult_text::guard::{Case, Policy, check};
use auscult_text::identifiers::{self, AllowList};
use jiff::Timestamp;

fn read(text: &str) -> Classified {
    let post = Post {
        text: Some(text.to_owned()),
        ..Post::default()
    };
    Classifier::built_in().explain(&post, Timestamp::UNIX_EPOCH, &mut Scratch::default())
}

/// Everything a post goes through.
fn hear(text: &str) -> usize {
    read(text).identifiers.len()
        + identifiers::find(text, &AllowList::default()).len()
        + usize::from(crisis::find(text).is_some())
}

const PIECES: [&str; 16] = [
    "a",
    "\u{202E}drow\u{202C} ",
    "\u{200B}\u{200D}\u{FEFF}",
    "v\u{456}s\u{456}t ",
    "\u{1F9D1}\u{200D}\u{2695}\u{FE0F}",
    "I want to ",
    "07700 900 ",
    "lives at 12 the ",
    "12 Elm Apt 3, ",
    "a@b.c@",
    "1-2-3-",
    "one two three ",
    "y o u r ",
    "\u{301}\u{302}\u{303}",
    "\u{75C5}\u{9662}",
    "((((::::",
];

#[test]
fn time_grows_with_the_length() {
    hear("warm up");
    for piece in PIECES {
        let clock = |size: usize| {
            let text = piece.repeat(size / piece.len());
            let begin = Instant::now();
            hear(&text);
            begin.elapsed().as_secs_f64()
        };
        let (short, long) = (clock(6_000), clock(60_000));
        assert!(
            long < 40.0 * short + 2.0,
            "{piece:?}: {short} s, then {long} s"
        );
    }
}

#[test]
#[ignore = "50 MB: run with --release -- --ignored"]
fn fifty_megabytes_pass() {
    for piece in [
        "Waited 3 hours on Tuesday, call 07700 900123. ",
        "a",
        "\u{202E}\u{200B}x",
    ] {
        let text = piece.repeat(50_000_000 / piece.len());
        let begin = Instant::now();
        hear(&text);
        assert!(begin.elapsed().as_secs() < 600, "{piece:?}");
    }
}

#[test]
fn odd_writing_does_not_hide_danger_or_numbers() {
    for text in [
        "I want to d\u{456}e",
        "I w\u{200B}ant to di\u{AD}e",
        "\u{202E}\u{202C}I want to die",
        "I WANT TO DIE",
    ] {
        assert!(crisis::find(text).is_some(), "{text:?}");
    }
    let found = identifiers::find(
        "ring me on \u{FF10}7700 900\u{200B}123",
        &AllowList::default(),
    );
    assert_eq!(found.len(), 1);
}

#[test]
fn a_language_nobody_reads_is_not_guessed_at() {
    for (text, tag) in [
        (
            "Die \u{C4}rztin war sehr freundlich und hat mir alles in Ruhe erkl\u{E4}rt, vielen Dank daf\u{FC}r",
            "de",
        ),
        (
            "Esper\u{E9} cinco horas en urgencias y nadie me dijo nada, una verg\u{FC}enza de hospital",
            "es",
        ),
        (
            "\u{041C}\u{044B} \u{0436}\u{0434}\u{0430}\u{043B}\u{0438} \u{043F}\u{044F}\u{0442}\u{044C} \u{0447}\u{0430}\u{0441}\u{043E}\u{0432} \u{0438} \u{043D}\u{0438}\u{043A}\u{0442}\u{043E} \u{043D}\u{0435} \u{043F}\u{0440}\u{0438}\u{0448}\u{0451}\u{043B}",
            "ru",
        ),
    ] {
        let said = read(text);
        assert!(
            said.lang.tag == tag || said.lang.tag == "und",
            "{text}: {}",
            said.lang.tag
        );
        assert_eq!(said.sentiment.label, Feeling::Neutral, "{text}");
        assert!(said.topics.is_empty(), "{text}");
    }
    for text in [
        "\u{1F600}\u{1F622}\u{1F44D}",
        "zxqv wrtl pfgh",
        "",
        "12345 67890",
        "\u{200B}",
    ] {
        assert_eq!(read(text).lang.tag, "und", "{text:?}");
    }
}

#[test]
fn short_english_is_english() {
    for text in [
        "Just saw the most amazing rainbow!",
        "never again, worst staff ever",
        "Brilliant care from the nurses",
        "why is nobody answering your phones",
    ] {
        assert_eq!(read(text).lang.tag, "en", "{text}");
    }
}

#[test]
fn the_guard_takes_anything() {
    for piece in PIECES {
        let text = piece.repeat(3_000 / piece.len());
        let report = check(&Case::reply(&text, &text), &Policy::default());
        for finding in report.findings {
            assert!(text.is_char_boundary(finding.start) && finding.end <= text.len());
        }
    }
}
