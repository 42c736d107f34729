//! Classification through its public door: what posts mean, that findings explain themselves, and that no text breaks it.
#![cfg(test)]

use std::time::Instant;

use auscult_model::post::{Post, PostKind};
use auscult_text::classify::{
    Classified, Classifier, Feeling, Flag, Intent, Scratch, Topic, Voice,
};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::Value;

fn post(text: &str) -> Post {
    Post {
        id: "p".to_owned(),
        text: Some(text.to_owned()),
        ..Post::default()
    }
}

fn read(text: &str) -> Classified {
    Classifier::built_in().explain(&post(text), Timestamp::UNIX_EPOCH, &mut Scratch::default())
}

fn main_intent(text: &str) -> Option<Intent> {
    read(text).intents.first().map(|intent| intent.id)
}

fn has_flag(text: &str, flag: Flag) -> bool {
    read(text).flags.contains(&flag)
}

fn has_topic(text: &str, topic: Topic) -> bool {
    read(text).topics.iter().any(|found| found.id == topic)
}

#[test]
fn main_intents() {
    for (text, intent) in [
        (
            "What time does the eye clinic close on a Thursday?",
            Intent::Question,
        ),
        (
            "Six hours on a plastic chair and the desk could not have cared less",
            Intent::Complaint,
        ),
        (
            "The porters at Fairview never fail to cheer me up, thank you",
            Intent::Praise,
        ),
        (
            "Does anybody know a patient dentist around Sligo for a nervous adult?",
            Intent::SeekingRecommendation,
        ),
        (
            "Please could the ward sister phone me about my brother's operation",
            Intent::ServiceRecovery,
        ),
        (
            "The nurse injected my sister with someone else's insulin",
            Intent::SafetyEvent,
        ),
        (
            "The new blood pressure tablets make me so dizzy I fell over",
            Intent::AdverseDrugEvent,
        ),
        (
            "Vaccines put microchips in your blood, do not let them jab your kids",
            Intent::Misinformation,
        ),
        (
            "Now hiring: registered nurses, sign on bonus, apply today",
            Intent::SpamJob,
        ),
        (
            "County board approves $12 million for new cancer centre",
            Intent::News,
        ),
    ] {
        assert_eq!(
            main_intent(text),
            Some(intent),
            "{text}: {:?}",
            read(text).intents
        );
    }
}

#[test]
fn what_looks_alike_is_not_flagged() {
    for text in [
        "Vaccines do not cause autism, that is a myth",
        "My results came quickly and they told my wife everything we needed to know",
        "I will find another doctor",
        "I had to wait in the car for him",
        "We were given a lovely room and the whole ward was spotless",
    ] {
        let found = read(text);
        assert_eq!(found.flags, Vec::new(), "{text}");
        assert_ne!(
            found.intents.first().map(|intent| intent.id),
            Some(Intent::Misinformation),
            "{text}"
        );
    }
}

#[test]
fn flags() {
    assert!(has_flag(
        "The clerk posted my scan on Facebook",
        Flag::PrivacyBreach
    ));
    assert!(has_flag(
        "Journalist here, I would like a comment on the ward closure please",
        Flag::LegalOrMedia
    ));
    assert!(has_flag(
        "My solicitor will be in touch about what your surgeon did",
        Flag::LegalOrMedia
    ));
    assert!(has_flag(
        "I am going to kill that receptionist",
        Flag::StaffAbuse
    ));
    assert!(has_flag(
        "Get 20k followers today, click the link in bio",
        Flag::Spam
    ));
}

#[test]
fn rare_topics_are_found_by_rule() {
    assert!(has_topic(
        "They billed me twice and my insurance was denied",
        Topic::BillingCost
    ));
    assert!(has_topic(
        "They let my husband stay overnight with me",
        Topic::FamilyCarers
    ));
    assert!(has_topic(
        "She was left in wet sheets with no dignity at all",
        Topic::SafetyDignity
    ));
}

#[test]
fn each_topic_has_the_feeling_of_its_own_sentences() {
    let found = read(
        "The nurses were kind and gentle and could not do enough for us. The parking was a nightmare and far too expensive.",
    );
    let polarity = |topic: Topic| {
        found
            .topics
            .iter()
            .find(|found| found.id == topic)
            .map(|found| found.polarity)
    };
    assert!(
        polarity(Topic::StaffAttitude).is_some_and(|polarity| polarity > 0.2),
        "{:?}",
        found.topics
    );
    assert!(
        polarity(Topic::LocationTransport).is_some_and(|polarity| polarity < 0.0),
        "{:?}",
        found.topics
    );
}

#[test]
fn voices() {
    assert_eq!(
        read("My mum was kept on a trolley all night and she is 84")
            .voice
            .id,
        Voice::Carer
    );
    assert_eq!(
        read("I had my operation on Monday and my surgeon explained it well")
            .voice
            .id,
        Voice::Patient
    );
    assert_eq!(read("Another 13 hour shift on our ward, I work nights in this hospital and we are short again").voice.id, Voice::Staff);
    assert_eq!(
        read("We are hiring staff nurses, band 5, apply now")
            .voice
            .id,
        Voice::JobAdvert
    );
}

#[test]
fn a_tag_of_another_language_is_not_guessed_at() {
    let found = Classifier::built_in().read(
        &Post {
            lang: Some("pl".to_owned()),
            ..post("Bardzo długa kolejka i nikt nie chciał z nami rozmawiać")
        },
        Timestamp::UNIX_EPOCH,
        &mut Scratch::default(),
    );
    assert_eq!(
        (found.sentiment.label, found.topics.len()),
        (Feeling::Neutral, 0)
    );
}

#[test]
fn long_accounts_are_read_by_their_sentences() {
    let stories = include_str!("data/stories.jsonl");
    let mut wrong = Vec::new();
    for story in stories
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
    {
        let found = read(story["text"].as_str().unwrap());
        let negative = story["sentiment"] == "negative";
        if negative != (found.sentiment.score < 0.0) {
            wrong.push(story["id"].clone());
        }
    }
    assert!(wrong.len() <= 3, "wrong: {wrong:?}");
}

#[test]
fn one_specific_account_stands_above_curt_ones_and_says_why() {
    let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
    let review = |text: &str| Post {
        kind: Some(PostKind::Review),
        stars: Some(1.0),
        created_at: Some("2026-11-24T12:00:00Z".to_owned()),
        ..post(text)
    };
    let long = "On Monday the nurse on ward 7 left my father in wet sheets for three hours. First we pressed the bell, then I went to the desk, \
                and the receptionist told us to wait. He was cold and crying and so ashamed. Compared with the other hospital it was cruel. \
                As a result he came home with sores and will not go back. I asked twice for the manager and nobody came.";
    let classifier = Classifier::built_in();
    let salience = |text: &str| {
        classifier
            .read(&review(text), now, &mut Scratch::default())
            .salience
    };
    let (first, other) = (salience(long), salience("Terrible. Avoid."));
    assert!(first.value > other.value + 15, "{first:?} {other:?}");
    assert!(
        first
            .parts
            .iter()
            .any(|part| part.id == "writing" && part.points > 10.0),
        "{:?}",
        first.parts
    );
}

#[test]
fn findings_point_at_words() {
    let text = "Żółć! The receptionist was rude and we waited four hours in the corridor";
    let found = read(text);
    let because = found.because.unwrap();
    let characters: Vec<char> = text.chars().collect();
    assert!(
        because
            .iter()
            .any(|reason| reason.finding == "topics.waiting_time"),
        "{because:?}"
    );
    let sentiment = because
        .iter()
        .find(|reason| reason.finding == "sentiment")
        .unwrap();
    assert!(sentiment.start < sentiment.end && sentiment.end <= characters.len());
    let staff: String = because
        .iter()
        .filter(|reason| reason.finding == "topics.staff_attitude")
        .flat_map(|reason| characters[reason.start..reason.end].iter())
        .collect();
    assert!(staff.contains("rude"), "{staff}");
}

#[test]
fn the_shape_is_that_of_the_command() {
    let value = serde_json::to_value(read(
        "The food was cold and nobody came. Please call me back.",
    ))
    .unwrap();
    for name in [
        "id",
        "lang",
        "sentiment",
        "voice",
        "topics",
        "intents",
        "urgency",
        "flags",
        "identifiers",
        "salience",
        "because",
    ] {
        assert!(value.get(name).is_some(), "{name}");
    }
    assert!(value["salience"]["parts"][0]["points"].is_number());
    assert!(value["lang"]["tag"].is_string() && value["sentiment"]["score"].is_number());
}

/// Reads each hostile piece at one size and at ten times that size.
fn time_hostile_text(small: usize) {
    for piece in [
        "not ",
        "wait",
        "the the ",
        "\u{202E}\u{200B}a",
        "!!!!",
        "😀",
        ":(",
        "a.b.",
        "died because ",
        "\n",
        "病院",
        "my records my results sent ",
        "((((",
        "<3",
    ] {
        let clock = |size: usize| {
            let text = piece.repeat(size / piece.len());
            let begin = Instant::now();
            read(&text);
            begin.elapsed().as_secs_f64()
        };
        let (short, long) = (clock(small), clock(small * 10));
        assert!(
            long < 40.0 * short + 2.0,
            "{piece:?}: {short} s, then {long} s"
        );
    }
}

#[test]
fn hostile_text_takes_linear_time() {
    time_hostile_text(8_000);
}

#[test]
#[ignore = "megabytes: run with --release -- --ignored"]
fn megabytes_of_hostile_text_take_linear_time() {
    time_hostile_text(500_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_text_breaks_it(text in "\\PC{0,300}") {
        let found = read(&text);
        let length = text.chars().count();
        prop_assert!((-1.0..=1.0).contains(&found.sentiment.score));
        prop_assert!(found.urgency <= 3 && found.salience.value <= 100);
        for reason in found.because.unwrap_or_default() {
            prop_assert!(reason.start <= reason.end && reason.end <= length);
        }
    }

    #[test]
    fn the_same_text_means_the_same(text in "[a-z ,.!?]{0,120}") {
        prop_assert_eq!(read(&text), read(&text));
    }
}
