//! The health kit: the lists and watches a workspace starts with, made from what was entered about it.
//!
//! Lists keep step with the subjects; watches refer to lists, so a new place or a new spelling needs no edit of a watch.

/// What was entered about an organisation, as far as listening needs it.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Its own name and other names, hashtags and handles.
    pub own: Vec<String>,
    /// Names of its places.
    pub places: Vec<String>,
    /// Names of its clinicians.
    pub clinicians: Vec<String>,
}

/// A named list for `list:name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KitList {
    /// Its name.
    pub name: &'static str,
    /// Its entries, each the inside of a quoted phrase, a `#tag` or an `@handle`.
    pub entries: Vec<String>,
}

/// A watch to start with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KitWatch {
    /// The locale key of its name.
    pub key: &'static str,
    /// Its name in English, as stored.
    pub name: &'static str,
    /// Its query in the watch language.
    pub query: String,
}

const JOB_ADVERTS: [&str; 12] = [
    "now hiring",
    "we are hiring",
    "job vacancy",
    "apply by",
    "apply now",
    "closing date",
    "rn contract",
    "good rates",
    "career opportunity",
    "join our team",
    "#jobs",
    "#hiring",
];
const TELEVISION: [&str; 8] = [
    "season finale",
    "new episode",
    "grey's anatomy",
    "holby city",
    "box set",
    "series * episode",
    "general hospital",
    "call the midwife",
];
const VETERINARY: [&str; 6] = [
    "vet hospital",
    "veterinary",
    "animal hospital",
    "my dog * vet",
    "kennel*",
    "pet hospital",
];

/// The lists of a workspace.
pub fn lists(names: &Names) -> Vec<KitList> {
    let fixed = |entries: &[&str]| entries.iter().map(|entry| (*entry).to_owned()).collect();
    vec![
        KitList {
            name: "us",
            entries: clean(&names.own),
        },
        KitList {
            name: "places",
            entries: clean(&names.places),
        },
        KitList {
            name: "clinicians",
            entries: clean(&names.clinicians),
        },
        KitList {
            name: "job-adverts",
            entries: fixed(&JOB_ADVERTS),
        },
        KitList {
            name: "television",
            entries: fixed(&TELEVISION),
        },
        KitList {
            name: "veterinary",
            entries: fixed(&VETERINARY),
        },
    ]
}

/// The watches of a workspace. A list without entries is left out, because an empty list is never true.
pub fn watches(names: &Names) -> Vec<KitWatch> {
    let subjects: Vec<&str> = [
        ("list:us", &names.own),
        ("list:places", &names.places),
        ("list:clinicians", &names.clinicians),
    ]
    .iter()
    .filter(|(_, entries)| !clean(entries).is_empty())
    .map(|(list, _)| *list)
    .collect();
    if subjects.is_empty() {
        return Vec::new();
    }
    let about_us = format!("({})", subjects.join(" OR "));
    let noise = "-list:job-adverts -list:television -list:veterinary";
    let mut watches = vec![
        KitWatch {
            key: "watch-kit-mentions",
            name: "What people say about us",
            query: format!("{about_us} {noise}"),
        },
        KitWatch {
            key: "watch-kit-unhappy",
            name: "Something went wrong",
            query: format!(
                "{about_us} (wait* OR queue* OR rude OR dirty OR ignored OR cancelled OR canceled OR \"turned away\" OR \"nobody *\" OR \"no one\" OR worst OR terrible OR complain* OR unsafe OR mistake*) {noise}"
            ),
        },
        KitWatch {
            key: "watch-kit-questions",
            name: "Questions to us",
            query: format!(
                "{about_us} (has:question OR \"does anyone know\" OR \"anyone know\" OR \"how do I\") {noise}"
            ),
        },
    ];
    if subjects.contains(&"list:clinicians") {
        watches.push(KitWatch {
            key: "watch-kit-clinicians",
            name: "Our clinicians by name",
            query: format!("list:clinicians {noise}"),
        });
    }
    watches.push(KitWatch {
        key: "watch-kit-recommend",
        name: "Someone asks for a recommendation",
        query: format!(
            "{about_us} (recommend* OR \"anyone know a good\" OR \"who would you go to\" OR \"looking for a\") {noise}"
        ),
    });
    watches
}

/// Entries without white space around them, empties and repeats left out; quotes would end the phrase.
fn clean(entries: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for entry in entries {
        let entry = entry.replace(['"', '\u{201c}', '\u{201d}'], " ");
        let entry = entry.trim();
        if !entry.is_empty() && !kept.iter().any(|other| other.eq_ignore_ascii_case(entry)) {
            kept.push(entry.to_owned());
        }
    }
    kept
}
