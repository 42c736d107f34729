//! What a workspace lets through: public-facing staff, places, its own contacts.

use std::collections::HashSet;

use super::Kind;
use crate::reading::Clean;

/// Names, places and contacts that identify nobody in private.
#[derive(Debug, Clone, Default)]
pub struct AllowList {
    staff: HashSet<String>,
    places: HashSet<String>,
    contacts: HashSet<String>,
}

impl AllowList {
    /// Staff by name (each part of a name counts alone too), places, and own numbers, addresses and links.
    pub fn new<S: AsRef<str>>(staff: &[S], places: &[S], contacts: &[S]) -> Self {
        let mut names = HashSet::new();
        for name in staff {
            let plain = plain(name.as_ref());
            names.extend(
                plain
                    .split_whitespace()
                    .filter(|part| part.len() > 2)
                    .map(str::to_owned),
            );
            names.insert(plain);
        }
        Self {
            staff: names,
            places: places.iter().map(|place| plain(place.as_ref())).collect(),
            contacts: contacts
                .iter()
                .map(|contact| key(contact.as_ref()))
                .collect(),
        }
    }

    /// The same list with more contacts.
    #[must_use]
    pub fn with_contacts<S: AsRef<str>>(mut self, contacts: &[S]) -> Self {
        self.contacts
            .extend(contacts.iter().map(|contact| key(contact.as_ref())));
        self
    }

    /// Whether a name is one of public-facing staff.
    pub fn is_staff(&self, name: &str) -> bool {
        self.staff.contains(&plain(name))
    }

    /// Whether a contact is one of the organisation's own.
    pub fn is_own_contact(&self, contact: &str) -> bool {
        let key = key(contact);
        !key.is_empty()
            && self.contacts.iter().any(|own| {
                *own == key
                    || own.len() >= 7
                        && (own.ends_with(&key) && key.len() >= 7 || key.ends_with(own.as_str()))
            })
    }

    pub(crate) fn lets_through(&self, kind: Kind, text: &str) -> bool {
        match kind {
            Kind::Name => {
                !self.staff.is_empty() && self.is_staff(text)
                    || !self.places.is_empty() && self.is_place(text)
            }
            Kind::City | Kind::Address | Kind::Zip => {
                !self.places.is_empty() && self.is_place(text)
            }
            Kind::Phone | Kind::Email | Kind::Url | Kind::Handle => {
                !self.contacts.is_empty() && self.is_own_contact(text)
            }
            Kind::Date
            | Kind::Acct
            | Kind::Mrn
            | Kind::Ssn
            | Kind::Age90Plus
            | Kind::Nhs
            | Kind::Plan
            | Kind::Device
            | Kind::Plate
            | Kind::Ip
            | Kind::Lic => false,
        }
    }

    fn is_place(&self, text: &str) -> bool {
        let plain = plain(text);
        self.places.iter().any(|place| {
            *place == plain || place.split(' ').any(|word| word.len() > 3 && word == plain)
        })
    }
}

fn plain(text: &str) -> String {
    Clean::new(text.trim()).text
}

/// The form in which contacts are compared: digits of a number, otherwise the address without its scheme.
fn key(contact: &str) -> String {
    let plain = plain(contact);
    let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
    let letters = plain
        .chars()
        .filter(|character| character.is_alphabetic())
        .count();
    if digits.len() >= 3 && letters == 0 {
        return digits;
    }
    let bare = plain
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .trim_start_matches("www.")
        .trim_start_matches('@');
    bare.trim_end_matches('/').to_owned()
}
