//! Identifiers and the crisis finder through their public doors.

#![cfg(test)]

use auscult_text::crisis::{self, Subject};
use auscult_text::identifiers::{AllowList, Kind, find, mask};
use proptest::prelude::*;
use serde_json::Value;

fn kinds(text: &str) -> Vec<(&'static str, &str)> {
    find(text, &AllowList::default())
        .iter()
        .map(|span| {
            (
                span.kind.as_str(),
                text.get(span.start..span.end).unwrap_or("broken offsets"),
            )
        })
        .collect()
}

#[test]
fn finds_each_kind() {
    for (text, wanted) in [
        (
            "I'm Sinead O'Malley and I rang twice",
            ("NAME", "Sinead O'Malley"),
        ),
        (
            "my name is vikram van der berg",
            ("NAME", "vikram van der berg"),
        ),
        ("dear mrs whitcombe, thank you", ("NAME", "whitcombe")),
        ("our son Kofi was seen at last", ("NAME", "Kofi")),
        (
            "born on the fourteenth of march 1961",
            ("DATE", "the fourteenth of march 1961"),
        ),
        ("she was discharged 3rd of Feb", ("DATE", "3rd of Feb")),
        (
            "text me: oh seven seven double oh nine oh oh one two three",
            ("PHONE", "oh seven seven double oh nine oh oh one two three"),
        ),
        (
            "ring me on 0 7 7 0 0 9 0 0 1 2 3",
            ("PHONE", "0 7 7 0 0 9 0 0 1 2 3"),
        ),
        ("my mobile is O77OO 9OO412", ("PHONE", "O77OO 9OO412")),
        (
            "fax it to (216) 555-0134 please",
            ("PHONE", "(216) 555-0134"),
        ),
        (
            "card 4111 1111 1111 1111 was charged",
            ("ACCT", "4111 1111 1111 1111"),
        ),
        (
            "iban GB29NWBK60161331926819",
            ("ACCT", "GB29NWBK60161331926819"),
        ),
        ("chart no 88213077 is mine", ("MRN", "88213077")),
        (
            "write to jo.smith at example dot org",
            ("EMAIL", "jo.smith at example dot org"),
        ),
        (
            "I'm at flat 2, 19 Harbour View",
            ("ADDRESS", "flat 2, 19 Harbour View"),
        ),
        ("ssn 078 05 1120", ("SSN", "078 05 1120")),
        ("NI number QQ 12 34 56 C", ("SSN", "QQ 12 34 56 C")),
        ("cc @dee_dee91 on this", ("HANDLE", "dee_dee91")),
        (
            "gran is ninety-four years old",
            ("AGE_90_PLUS", "ninety-four years old"),
        ),
        ("he turned 101 in ward 3", ("AGE_90_PLUS", "101")),
        ("my chi number is 0101571234", ("NHS", "0101571234")),
        ("policy number ZX8812340", ("PLAN", "ZX8812340")),
        ("pump serial no. PX-55120", ("DEVICE", "PX-55120")),
        (
            "see www.janes-story.example/p/1",
            ("URL", "www.janes-story.example/p/1"),
        ),
        ("we live in galway near the sea", ("CITY", "galway")),
        ("postcode is sw1a 1aa", ("ZIP", "sw1a 1aa")),
        ("my reg is KL19 XPD", ("PLATE", "KL19 XPD")),
        ("login from 203.0.113.7", ("IP", "203.0.113.7")),
        ("passport no 5512309KP", ("LIC", "5512309KP")),
    ] {
        assert!(
            kinds(text).contains(&wanted),
            "{text:?} wanted {wanted:?} got {:?}",
            kinds(text)
        );
    }
}

#[test]
fn leaves_ordinary_text_alone() {
    for text in [
        "My blood pressure was 130/85 this morning.",
        "Dr Okafor and nurse Bell were brilliant on ward 7.",
        "Waited 4 hours on Monday, bay 12.",
        "The Jameson Wing is freezing.",
        "Call 999 or 111, or text 85258.",
        "I have Addison's disease and take 20 mg twice a day.",
        "Open day on 4 May until 6 May, all welcome.",
        "9 out of 10, would come again",
        "Room 214, level 3, building 12",
        "Rang our helpline on 0800 555 0100",
    ] {
        assert_eq!(kinds(text), [], "{text:?}");
    }
}

#[test]
fn lists_let_staff_places_and_own_contacts_through() {
    let allow = AllowList::new(
        &["Maura Healy"],
        &["Oakfield House"],
        &["555-010-0200", "hello@oakfield.example"],
    );
    assert!(find("Thanks Maura Healy", &allow).is_empty());
    assert!(find("ring me on 555-010-0200", &allow).is_empty());
    assert!(!find("Thanks Maura Healy", &AllowList::default()).is_empty());
}

#[test]
fn masks_what_was_found() {
    let text = "Hi Aoife, mail me at a.b@example.org";
    assert_eq!(
        mask(text, &find(text, &AllowList::default())),
        "Hi [NAME], mail me at [EMAIL]"
    );
}

#[test]
fn crisis_cases_are_heard_and_idioms_are_not() {
    let (mut wanted, mut heard, mut others, mut alarmed) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    for line in include_str!("data/crisis-cases.jsonl").lines() {
        let row: Value = serde_json::from_str(line).expect("a case is a line of JSON");
        let text = row.get("text").and_then(Value::as_str).expect("text");
        let is_crisis = row.get("crisis").and_then(Value::as_bool).expect("label");
        let found = crisis::find(text).is_some();
        if is_crisis {
            wanted += 1;
            heard += usize::from(found);
        } else {
            others += 1;
            alarmed += usize::from(found);
        }
        if found != is_crisis {
            wrong.push(text.to_owned());
        }
    }
    assert!(wanted >= 200 && others >= 80);
    assert!(
        heard * 100 >= wanted * 95,
        "{heard} of {wanted}: {wrong:#?}"
    );
    assert!(
        alarmed * 100 <= others * 5,
        "{alarmed} of {others}: {wrong:#?}"
    );
}

#[test]
fn a_crisis_tells_who_and_how_near() {
    let own = crisis::find("I'm on the bridge tonight and I want to die").expect("a crisis");
    assert_eq!(own.subject, Subject::Author);
    assert!(own.imminence.is_near());
    let other = crisis::find("my sister says she wants to die").expect("a crisis");
    assert_eq!(other.subject, Subject::Other);
    assert!(
        crisis::lines("IE")
            .expect("lines of Ireland")
            .named_in("Call 116 123.")
    );
    assert!(
        !crisis::lines("US")
            .expect("lines of the US")
            .named_in("Call 116 123.")
    );
    assert!(crisis::lines("ZZ").is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn spans_are_cut_at_letters(text in "\\PC{0,120}") {
        let spans = find(&text, &AllowList::default());
        for span in &spans {
            prop_assert!(text.get(span.start..span.end).is_some_and(|part| !part.is_empty()));
        }
        prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
        let _masked = mask(&text, &spans);
        let _crisis = crisis::find(&text);
    }

    #[test]
    fn numbers_and_signs_never_break(text in "[0-9 .()+@/:a-f#-]{0,80}") {
        prop_assert!(find(&text, &AllowList::default()).iter().all(|span| span.kind != Kind::Name || span.end > span.start));
    }
}
