//! Near-duplicates and languages through the public door.
#![cfg(test)]

use auscult_text::dedupe::{Deduper, Fingerprint, THRESHOLD};
use auscult_text::lang::{SaidBy, detect};

const REVIEW: &str = "We waited six hours in the emergency department with our son, and nobody told us how long it would \
take. The nurse at the desk was kind, the chairs were broken and the toilets were dirty.";

#[test]
fn near_duplicates_share_the_cluster_of_the_first() {
    let mut deduper = Deduper::new(THRESHOLD);
    let first = deduper.add("a", None, Some(REVIEW));
    assert_eq!(
        (first.cluster.as_str(), first.similarity, first.seen_before),
        ("a", 1.0, false)
    );
    let shouted = deduper.add(
        "b",
        None,
        Some(&format!(
            "{} https://x.example/1 !!!",
            REVIEW.to_uppercase()
        )),
    );
    assert_eq!((shouted.cluster.as_str(), shouted.similarity), ("a", 1.0));
    let edited = deduper.add("c", None, Some(&REVIEW.replace("six hours", "7 hours")));
    assert_eq!(edited.cluster, "a");
    assert!(edited.similarity >= THRESHOLD && edited.similarity < 1.0);
    let other = deduper.add(
        "d",
        None,
        Some("The maternity ward was wonderful, thank you to all the midwives"),
    );
    assert_eq!((other.cluster.as_str(), other.similarity), ("d", 1.0));
}

#[test]
fn short_and_empty_texts_are_not_thrown_together() {
    let mut deduper = Deduper::new(THRESHOLD);
    assert_eq!(deduper.add("a", None, Some("ok")).cluster, "a");
    assert_eq!(deduper.add("b", None, Some("no")).cluster, "b");
    assert_eq!(deduper.add("c", None, Some("OK!")).cluster, "a");
    assert_eq!(deduper.add("d", None, Some("…")).cluster, "d");
    assert_eq!(deduper.add("e", None, None).cluster, "e");
}

#[test]
fn what_was_seen_is_known_after_a_restart() {
    let stored = serde_json::to_string(&Fingerprint::of(None, Some(REVIEW))).expect("it is stored");
    let mut deduper = Deduper::new(THRESHOLD);
    deduper.restore("first", serde_json::from_str(&stored).expect("it is read"));
    let again = deduper.add("z", None, Some(REVIEW));
    assert_eq!((again.cluster.as_str(), again.seen_before), ("first", true));
}

#[test]
fn similarity_is_that_of_all_pairs() {
    // Whatever the bands propose, the answer is the one of comparing everything with everything.
    let texts: Vec<String> = (0..60)
        .map(|edit| {
            let words: Vec<&str> = REVIEW.split(' ').collect();
            words
                .iter()
                .enumerate()
                .filter(|(at, _)| at % (3 + edit % 20) != edit % 3)
                .map(|(_, word)| *word)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    let mut deduper = Deduper::new(THRESHOLD);
    let mut seen: Vec<Fingerprint> = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let own = Fingerprint::of(None, Some(text));
        let best = seen
            .iter()
            .map(|other| own.similarity(other))
            .fold(0.0, f64::max);
        let found = deduper.add(&at.to_string(), None, Some(text));
        assert_eq!(found.seen_before, best >= THRESHOLD, "{text}");
        seen.push(own);
    }
}

#[test]
fn the_platform_speaks_first_and_short_texts_stay_unknown() {
    assert_eq!(detect(Some("pt-BR"), REVIEW).tag, "pt-BR");
    assert_eq!(detect(Some("und"), REVIEW).tag, "en");
    assert_eq!(
        detect(
            None,
            "Nous avons attendu six heures aux urgences et personne ne nous a rien dit."
        )
        .tag,
        "fr"
    );
    for short in [
        "ok",
        "no",
        "",
        "👍👍👍",
        "https://x.example/une-page-en-francais",
        "@ward #merci",
    ] {
        let found = detect(None, short);
        assert_eq!(
            (found.tag.as_str(), found.said_by),
            ("und", SaidBy::Nobody),
            "{short}"
        );
    }
}
