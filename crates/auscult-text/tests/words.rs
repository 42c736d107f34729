//! Cutting and folding through the public door: the rules of docs/specs/watch-language.md, section 2.
#![cfg(test)]

use auscult_text::fold::{exact, fold, value};
use auscult_text::token::{Offsets, Text};

fn words(text: &str) -> Vec<String> {
    Text::new(text).folded_words().map(str::to_owned).collect()
}

#[test]
fn words_are_cut_and_folded_as_the_specification_says() {
    let cases: [(&str, &[&str]); 22] = [
        (
            "Thank you St. Brigid’s!",
            &["thank", "you", "st", "brigids"],
        ),
        (
            "made in the U.S. today",
            &["made", "in", "the", "us", "today"],
        ),
        ("A&E's wait", &["a&e", "s", "wait"]),
        ("vitamins A, E and K", &["vitamins", "a", "e", "and", "k"]),
        ("J.Smith", &["j", "smith"]),
        ("follow-up/care_plan", &["follow", "up", "care", "plan"]),
        ("1,000 or 4.5", &["1000", "or", "4.5"]),
        ("この病院", &["こ", "の", "病", "院"]),
        ("👍🏽 nurses", &["👍", "nurses"]),
        ("hos\u{200B}pital", &["hospital"]),
        ("see https://example.org/a?b=1.", &["see"]),
        ("(www.example.org) x", &["x"]),
        ("xhttp://example.org", &["xhttp", "example", "org"]),
        ("Ａ＆Ｅ", &["a", "e"]),
        (
            "Müller MULLER ﬁne ß İ ｶﾞ",
            &["muller", "muller", "fine", "ss", "i", "ガ"],
        ),
        ("🇮🇪🇬🇧🇮", &["🇮🇪", "🇬🇧", "🇮"]),
        ("don't ‘quote’ 'tis", &["dont", "quote", "tis"]),
        ("\u{301}x", &["x"]),
        ("#St_Brigids", &["st", "brigids"]),
        ("http://", &["http"]),
        ("1.5.2024", &["1.5.2024"]),
        ("", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(words(text), expected, "{text}");
    }
}

#[test]
fn exact_forms_keep_case_and_accents() {
    let text = Text::new("The E.R. and Müller’s 1,000 👍🏽");
    let exact_forms: Vec<String> = text
        .words()
        .iter()
        .map(|word| text.exact(word).into_owned())
        .collect();
    assert_eq!(exact_forms, ["The", "ER", "and", "Müllers", "1000", "👍"]);
    assert_eq!(exact("O’Brien"), "OBrien");
}

#[test]
fn names_and_labels_are_compared_by_value() {
    assert_eq!(value("  New   ROSS "), "new ross");
    assert_eq!(value("São Paulo"), "sao paulo");
    assert_eq!(value("A&E (St. Brigid's)"), "a&e (st. brigids)");
    assert_eq!(fold("Straße"), "strasse");
}

#[test]
fn hashtags_and_mentions_are_found_beside_the_words() {
    let text = Text::new(
        "Thx @Ward@Health.example. #St_Brigids #1 x#no https://a.example/#frag ＃Café @@ ",
    );
    let tags: Vec<&str> = text
        .hashtags()
        .iter()
        .map(|tag| text.hashtag(tag))
        .collect();
    assert_eq!(tags, ["stbrigids", "cafe"]);
    let mentions: Vec<&str> = text
        .mentions()
        .iter()
        .map(|tag| text.mention(tag))
        .collect();
    assert_eq!(mentions, ["Ward@Health.example"]);
    let tag = text.hashtags().first().expect("one");
    let under: Vec<&str> = (tag.words.0..=tag.words.1)
        .map(|at| text.folded(&text.words()[at as usize]))
        .collect();
    assert_eq!(under, ["st", "brigids"]);
}

#[test]
fn sentences_know_abbreviations() {
    let pieces = |text: &str| Text::new(text).sentences().len();
    assert_eq!(pieces("Dr. Byrne was rude. Staff left."), 2);
    assert_eq!(pieces("Rude! Really? Yes"), 3);
    assert_eq!(pieces("at 4.5 of 5 stars. Ok."), 2);
    assert_eq!(pieces("See https://a.example/x.y. Then more"), 2);
    assert_eq!(pieces("John F. Kennedy"), 1);
    assert_eq!(
        Text::new("one\r\ntwo\n \nthree\u{2029}four")
            .paragraphs()
            .len(),
        3
    );
}

#[test]
fn offsets_count_code_points() {
    let source = "é👍 wait";
    let text = Text::new(source);
    let offsets = Offsets::new(source);
    let ranges: Vec<_> = text
        .words()
        .iter()
        .map(|word| offsets.range(word.start, word.end))
        .collect();
    assert_eq!(ranges, [(0, 1), (1, 2), (3, 7)]);
}

#[test]
fn hostile_text_takes_time_in_step_with_its_length() {
    for piece in [
        "@",
        "#",
        "a.",
        "a\u{301}",
        "www.a",
        "\u{200D}👍",
        "'a",
        "1,",
        "_@-",
        "🇮",
    ] {
        let text = piece.repeat(200_000);
        let text = Text::new(&text);
        assert!(text.words().len() <= 400_000 && text.sentences().len() <= 400_000);
    }
}
