//! Second looks at what a shape found: check digits, plausible numbers, the words around.

/// A place in the clean text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'a> {
    pub(crate) text: &'a str,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether the first letter was a capital.
    pub(crate) upper: bool,
}

impl<'a> Found<'a> {
    /// The span itself.
    pub(crate) fn value(&self) -> &'a str {
        self.text.get(self.start..self.end).unwrap_or_default()
    }

    /// Up to `bytes` before the span, in the same line.
    pub(crate) fn before(&self, bytes: usize) -> &'a str {
        let mut from = self.start.saturating_sub(bytes);
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        let window = self.text.get(from..self.start).unwrap_or_default();
        window.rsplit('\n').next().unwrap_or_default()
    }

    /// Up to `bytes` after the span, in the same line.
    pub(crate) fn after(&self, bytes: usize) -> &'a str {
        let mut to = (self.end + bytes).min(self.text.len());
        while !self.text.is_char_boundary(to) {
            to -= 1;
        }
        self.text
            .get(self.end..to)
            .unwrap_or_default()
            .split('\n')
            .next()
            .unwrap_or_default()
    }

    pub(crate) fn digits(&self) -> String {
        self.value().chars().filter(char::is_ascii_digit).collect()
    }

    /// Whether one of the words stands in the window before.
    pub(crate) fn cue_before(&self, bytes: usize, words: &[&str]) -> bool {
        has_word(self.before(bytes), words)
    }

    /// Whether one of the words stands in the window after.
    pub(crate) fn cue_after(&self, bytes: usize, words: &[&str]) -> bool {
        has_word(self.after(bytes), words)
    }
}

/// Whole words (or rows of words) of a lower-case text.
pub(crate) fn has_word(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        text.match_indices(word).any(|(at, _)| {
            let free = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
            let bytes = text.as_bytes();
            free(at.checked_sub(1).and_then(|before| bytes.get(before)))
                && free(bytes.get(at + word.len()))
        })
    })
}

/// The card check digit.
pub(crate) fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            if index % 2 == 0 {
                digit
            } else if digit > 4 {
                digit * 2 - 9
            } else {
                digit * 2
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The NHS number check digit.
pub(crate) fn nhs_check(digits: &str) -> bool {
    let values: Vec<u32> = digits
        .bytes()
        .map(|byte| u32::from(byte.wrapping_sub(b'0')))
        .collect();
    let (Some(body), Some(check)) = (values.get(..9), values.get(9)) else {
        return false;
    };
    let sum: u32 = body
        .iter()
        .zip((2..=10).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    match 11 - sum % 11 {
        11 => *check == 0,
        10 => false,
        expected => *check == expected,
    }
}

/// Whether ten digits begin with a date (day, month, year).
pub(crate) fn begins_with_date(digits: &str) -> bool {
    let part = |from: usize| {
        digits
            .get(from..from + 2)
            .and_then(|text| text.parse::<u32>().ok())
    };
    matches!((part(0), part(2)), (Some(1..=31), Some(1..=12)))
}

const UNITS: [&str; 31] = [
    "%", "percent", "per", "min", "mins", "minute", "minutes", "hour", "hours", "hrs", "day",
    "days", "weeks", "months", "miles", "km", "kg", "mg", "ml", "pounds", "lbs", "euro", "euros",
    "dollars", "beds", "people", "patients", "degrees", "calls", "others", "quid",
];

/// Whether a bare number after "is" is an age and not an amount.
pub(crate) fn is_age(found: &Found<'_>) -> bool {
    let after = found.after(14);
    if after.starts_with(['%', '/', '°'])
        || after.starts_with('.') && after.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
    {
        return false;
    }
    let next = after
        .trim_start_matches([' ', '-'])
        .split(|character: char| !character.is_alphanumeric() && character != '%')
        .next()
        .unwrap_or_default();
    !UNITS.contains(&next)
}

const ROLES: [&str; 48] = [
    "patient relations",
    "relations",
    "office",
    "switchboard",
    "helpline",
    "reception",
    "front desk",
    "desk",
    "our",
    "team",
    "pals",
    "advocates",
    "billing",
    "department",
    "hotline",
    "line",
    "press",
    "experience",
    "enquiries",
    "main number",
    "hospital",
    "clinic",
    "call us",
    "ring us",
    "reach us",
    "contact us",
    "call centre",
    "call center",
    "appointments",
    "bookings",
    "liaison",
    "services",
    "crisis",
    "emergency",
    "samaritans",
    "nhs 111",
    "medwatch",
    "pharmacy",
    "admissions",
    "ward clerk",
    "scheduling",
    "records office",
    "complaints",
    "information",
    "surgery",
    "practice",
    "safety team",
    "ombudsman",
];

/// Whether a number or address is offered for the organisation.
pub(crate) fn is_office(found: &Found<'_>) -> bool {
    if has_word(
        found.before(40),
        &[
            "my", "me", "mobile", "his", "her", "i am", "mine", "cell", "home", "nurse",
            "personal", "own",
        ],
    ) {
        return false;
    }
    // A label of a signature, not the desk of an office.
    if found.before(8).trim_end().ends_with("desk:") {
        return false;
    }
    has_word(found.before(60), &ROLES)
}

/// Numbers that belong to no person: free lines, emergency and crisis lines.
pub(crate) fn is_public_number(digits: &str) -> bool {
    let local = digits
        .strip_prefix('1')
        .filter(|rest| rest.len() == 10)
        .unwrap_or(digits);
    let toll_free = local.len() == 10
        && ["800", "888", "877", "866", "855", "844", "833"]
            .iter()
            .any(|area| local.starts_with(area));
    let british = [
        "0800", "0808", "0300", "0330", "0345", "0845", "0844", "1800", "1850", "1890",
    ]
    .iter()
    .any(|area| digits.starts_with(area));
    toll_free
        || british
        || matches!(
            digits,
            "116123"
                | "131114"
                | "85258"
                | "911"
                | "999"
                | "112"
                | "988"
                | "111"
                | "741741"
                | "50808"
        )
}

const MAILBOXES: [&str; 44] = [
    "info",
    "contact",
    "contactus",
    "office",
    "help",
    "hello",
    "support",
    "enquiries",
    "enquiry",
    "inquiries",
    "admin",
    "reception",
    "frontdesk",
    "front.desk",
    "appointments",
    "bookings",
    "billing",
    "accounts",
    "records",
    "relations",
    "patientrelations",
    "patient.relations",
    "experience",
    "patientexperience",
    "patient.experience",
    "feedback",
    "complaints",
    "concerns",
    "pals",
    "press",
    "media",
    "news",
    "privacy",
    "webmaster",
    "noreply",
    "no-reply",
    "careers",
    "jobs",
    "pharmacy",
    "safety",
    "advocates",
    "care",
    "team",
    "service",
];

/// Whether an e-mail address is a shared mailbox of an office.
pub(crate) fn is_role_mailbox(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default();
    MAILBOXES.contains(&local)
        || MAILBOXES
            .iter()
            .any(|role| role.len() > 5 && local.contains(role))
}

const INSTITUTIONS: [&str; 26] = [
    "hospital",
    "health",
    "clinic",
    "nhs",
    "medical",
    "trust",
    "samaritans",
    "google",
    "facebook",
    "twitter",
    "instagram",
    "yelp",
    "cdc",
    "who",
    "care",
    "hse",
    "council",
    "bbc",
    "foundation",
    "charity",
    "centre",
    "center",
    "university",
    "official",
    "surgery",
    "dental",
];

/// Whether a handle belongs to an institution.
pub(crate) fn is_institution(handle: &str) -> bool {
    INSTITUTIONS.iter().any(|word| {
        if word.len() <= 3 {
            handle == *word
                || handle.starts_with(word) && handle.len() > 4
                || handle.ends_with(word)
        } else {
            handle.contains(word)
        }
    })
}
