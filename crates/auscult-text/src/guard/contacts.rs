//! Which contact a draft offers, and whether it is the organisation's own.

use super::check::{Desk, Fault};
use super::report::Verdict;
use crate::identifiers::{Kind, Span};
use crate::reading::{Clean, Reading};

/// G18: a typed contact that is not the one from the settings.
pub(crate) fn typed(desk: &Desk<'_>, draft: &str, spans: &[Span], faults: &mut Vec<Fault>) {
    let own = own_contacts(desk);
    for span in spans {
        let text = draft.get(span.start..span.end).unwrap_or_default();
        let foreign = if span.kind == Kind::Email {
            is_free_mail(text) || !own.is_empty() && !is_listed(&own, text)
        } else {
            span.kind == Kind::Phone && !own.is_empty() && !is_listed(&own, text)
        };
        if foreign {
            faults.push(Fault {
                start: span.start,
                end: span.end,
                verdict: Some(Verdict::Warn),
                ..Fault::whole("G18")
            });
        }
    }
}

/// Whether the draft offers a way to the organisation away from the public eye.
pub(crate) fn offers_contact(desk: &Desk<'_>, draft: &str) -> bool {
    let own = own_contacts(desk);
    let plain = Clean::new(draft).text;
    if own.iter().any(|contact| holds(&plain, contact))
        || desk
            .policy
            .office
            .as_ref()
            .is_some_and(|office| plain.contains(&Clean::new(office).text))
    {
        return true;
    }
    if !desk.case.contacts.is_empty()
        && own
            .iter()
            .any(|contact| contact.chars().any(|character| character.is_ascii_digit()))
        && has_number(&plain)
    {
        return false;
    }
    let engine = desk.policy.engine();
    let reading = Reading::new(engine, draft);
    let set = engine.set_id("contact");
    let named = reading.hits(engine).iter().any(|hit| Some(hit.set) == set);
    named
        || plain.contains("[office]")
        || has_number(&plain)
        || plain.contains('@') && !is_free_mail(&plain)
}

fn has_number(plain: &str) -> bool {
    let mut run = 0;
    let mut previous_digit = false;
    for character in plain.chars() {
        if character.is_ascii_digit() {
            run += 1;
            previous_digit = true;
        } else if !(previous_digit && matches!(character, ' ' | '-' | '.' | '(' | ')')) {
            run = 0;
            previous_digit = false;
        }
        if run >= 7 {
            return true;
        }
    }
    false
}

fn own_contacts(desk: &Desk<'_>) -> Vec<String> {
    desk.case
        .contacts
        .iter()
        .chain(&desk.policy.contacts)
        .filter(|contact| !contact.trim().is_empty())
        .cloned()
        .collect()
}

fn is_listed(own: &[String], text: &str) -> bool {
    own.iter().any(|contact| {
        holds(&Clean::new(contact).text, text) || holds(&Clean::new(text).text, contact)
    })
}

/// Whether a text holds a contact: digits against digits, otherwise the words.
fn holds(plain: &str, contact: &str) -> bool {
    let contact = Clean::new(contact.trim()).text;
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let number = digits(&contact);
    if number.len() >= 7 && !contact.contains('@') && !contact.contains('/') {
        return digits(plain).contains(&number);
    }
    plain.contains(
        contact
            .trim_start_matches("https://")
            .trim_start_matches("www."),
    )
}

fn is_free_mail(text: &str) -> bool {
    [
        "gmail",
        "yahoo",
        "hotmail",
        "outlook",
        "icloud",
        "aol.",
        "proton",
        "live.com",
        "gmx",
        "msn.com",
        "free mail",
    ]
    .iter()
    .any(|host| text.contains(host))
}
