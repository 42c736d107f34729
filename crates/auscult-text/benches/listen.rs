//! The matcher beside its peers, on one thread: cutting alone, an Aho-Corasick prefilter, a plain rarest-word index.
//!
//! `cargo bench -p auscult-text --bench listen [WATCHES] [POSTS]`. Times are those of the processor, as far as the
//! system tells them, so that other work on the machine does not count. The answers of the exact peers must be equal.

use std::collections::HashMap;
use std::io::Write as _;
use std::time::Instant;

use aho_corasick::AhoCorasick;
use auscult_text::matcher::{Buffers, Engine, PostView, PreparedPost, Scratch, Single};
use auscult_text::token::Cut;
use auscult_text::watch::Library;
use jiff::Timestamp;

fn main() {
    let numbers: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let watches = numbers.first().copied().unwrap_or(10_000);
    let posts = numbers.get(1).copied().unwrap_or(200_000);
    let mut chance = Chance(42);
    let names = Names::new();
    let queries: Vec<String> = (0..watches).map(|_| names.watch(&mut chance)).collect();
    let texts: Vec<String> = (0..posts).map(|_| names.post(&mut chance, 94)).collect();
    let mut report = std::io::stdout().lock();
    let mut say = |text: String| writeln!(report, "{text}").expect("standard output takes lines");

    let start = Clock::start();
    let mut engine = Engine::new();
    for (query, key) in queries.iter().zip(0..) {
        assert!(
            engine
                .upsert(1, key, &format!("w{key}"), query, true)
                .is_empty(),
            "{query}"
        );
    }
    let snapshot = engine.snapshot();
    say(format!(
        "{watches} watches compiled in {:.2} s",
        start.seconds()
    ));
    say(format!("resident memory {} MB", resident() / 1024));

    let start = Clock::start();
    for (query, key) in queries.iter().zip(0_u64..).take(200) {
        engine.upsert(1, key, &format!("w{key}"), query, true);
        std::hint::black_box(engine.snapshot());
    }
    say(format!(
        "one edit and its snapshot {:.1} us",
        start.seconds() * 1e6 / queries.len().min(200) as f64
    ));

    let start = Clock::start();
    let mut cut = Cut::default();
    let mut words = 0;
    for text in &texts {
        cut.read(text);
        words += cut.words().len();
    }
    let cutting = start.seconds() / posts as f64;
    say(format!(
        "cutting alone {:.0} posts/s ({:.1} words a post)",
        1.0 / cutting,
        words as f64 / posts as f64
    ));

    let now: Timestamp = "2026-11-22T12:00:00Z".parse().expect("an instant");
    let (mut buffers, mut scratch) = (Buffers::default(), Scratch::default());
    let start = Clock::start();
    let mut found = 0;
    for text in &texts {
        let prepared = PreparedPost::of(view(text), &mut buffers);
        found += snapshot
            .matches(Some(1), &prepared, now, &mut scratch)
            .len();
    }
    let matching = start.seconds() / posts as f64;
    say(format!(
        "matcher {:.0} posts/s, {:.2} times cutting alone, {found} matches",
        1.0 / matching,
        matching / cutting
    ));
    peers(&queries, &texts, now, found, &mut say);
}

/// Plain ways to do the same, on fewer posts.
fn peers(
    queries: &[String],
    texts: &[String],
    now: Timestamp,
    found: usize,
    say: &mut impl FnMut(String),
) {
    let library = Library::new();
    let singles: Vec<Single> = queries
        .iter()
        .map(|query| Single::compile(query, &library).expect("sound"))
        .collect();
    let few = texts.len().min(20_000);
    let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
    let mut always = Vec::new();
    for (index, single) in singles.iter().enumerate() {
        match longest_words(&single.terms()) {
            Some(words) => words
                .into_iter()
                .for_each(|word| by_word.entry(word).or_default().push(index)),
            None => always.push(index),
        }
    }
    let needles: Vec<&String> = by_word.keys().collect();
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(&needles)
        .expect("it is built");
    let start = Clock::start();
    let hits: usize = texts
        .iter()
        .take(few)
        .map(|text| automaton.find_overlapping_iter(text).count())
        .sum();
    say(format!(
        "Aho-Corasick prefilter alone {:.0} posts/s ({hits} hits)",
        few as f64 / start.seconds()
    ));

    let (mut buffers, mut scratch) = (Buffers::default(), Scratch::default());
    let start = Clock::start();
    let mut matches = 0;
    for text in texts.iter().take(few) {
        let prepared = PreparedPost::of(view(text), &mut buffers);
        let cut = prepared.cut(auscult_text::matcher::TextId::Text);
        let mut woken: Vec<usize> = always.clone();
        for word in cut.words() {
            woken.extend(by_word.get(cut.folded(word)).into_iter().flatten());
        }
        woken.sort_unstable();
        woken.dedup();
        matches += woken
            .into_iter()
            .filter(|index| singles[*index].matches(&prepared, now, &mut scratch))
            .count();
    }
    say(format!(
        "plain word index {:.0} posts/s",
        few as f64 / start.seconds()
    ));
    if few == texts.len() {
        assert_eq!(matches, found, "the exact peers agree");
    }
}

/// One word for each alternative: the longest.
fn longest_words(terms: &auscult_model::search::Terms) -> Option<Vec<String>> {
    use auscult_model::search::Terms;
    match terms {
        Terms::Word(word) => Some(vec![word.clone()]),
        Terms::All(parts) => parts
            .iter()
            .filter_map(longest_words)
            .max_by_key(|words| words.iter().map(String::len).min()),
        Terms::OneOf(parts) => {
            let all: Option<Vec<Vec<String>>> = parts.iter().map(longest_words).collect();
            all.map(|words| words.concat())
        }
        Terms::Any | Terms::Nothing | Terms::Prefix(_) => None,
    }
}

fn view(text: &str) -> PostView<'_> {
    PostView {
        id: "p",
        source: Some("bluesky"),
        text: Some(text),
        lang: Some("en"),
        ..PostView::default()
    }
}

/// Time of this thread on the processor; the clock on the wall where the system does not tell.
struct Clock(Instant, Option<f64>);

impl Clock {
    fn start() -> Self {
        Self(Instant::now(), on_processor())
    }

    fn seconds(&self) -> f64 {
        match (self.1, on_processor()) {
            (Some(before), Some(after)) => after - before,
            _ => self.0.elapsed().as_secs_f64(),
        }
    }
}

fn on_processor() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace()
        .next()?
        .parse::<f64>()
        .ok()
        .map(|nanoseconds| nanoseconds / 1e9)
}

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

/// Chance that repeats.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % below
    }

    fn pick<'a>(&mut self, from: &'a [String]) -> &'a str {
        &from[self.next(from.len())]
    }
}

/// Invented places, people and complaints.
struct Names {
    places: Vec<String>,
    surnames: Vec<String>,
    first: Vec<String>,
    complaints: Vec<String>,
    common: Vec<String>,
}

fn split(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn joined(starts: &str, middles: &str, ends: &str) -> Vec<String> {
    let mut all = Vec::new();
    for start in starts.split_whitespace() {
        for middle in middles.split_whitespace() {
            all.extend(
                ends.split_whitespace()
                    .map(|end| format!("{start}{middle}{end}")),
            );
        }
    }
    all
}

impl Names {
    fn new() -> Self {
        Self {
            places: joined(
                "Ash Bally Clon Dun Ennis Fern Glen Holly Inch Kil Lis Mon New Oak Port Rath",
                "a e i o ar en",
                "brook bridge dale field ford ham haven more mount port ton town view ville wood worth",
            ),
            surnames: joined(
                "Ba Be Bo Ca Co Da De Do Fa Fi Ga Ha He Jo Ka Ke La Li Ma Mo Na O",
                "r l n m",
                "ne nedy lsh phy ton lins ke gan ler nor ley son tin vis der",
            ),
            first: split(
                "Mary John Brigid Luke Anne Rose Clare Martin Peter Paul Jude Mark Kevin Colm Finbar Declan Ita Vincent",
            ),
            complaints: split(
                "wait* rude dirty filthy ignored delayed misdiagnos* cancelled nurse* doctor* receptionist parking complaint appalling lovely brilliant thank*",
            ),
            common: split(
                "the to and i a of is in it you for that my was on with this be have are so but me not at just we they he all as or what if your do get no out up like can from when how one about good now know there go day time love new see had will an been who people has them more really think hospital doctor nurse care wait hours staff great food morning today work home phone mother kids school game movie music coffee happy tired",
            ),
        }
    }

    fn some_of(&self, chance: &mut Chance, count: usize) -> String {
        (0..count)
            .map(|_| chance.pick(&self.complaints))
            .collect::<Vec<_>>()
            .join(" OR ")
    }

    fn watch(&self, chance: &mut Chance) -> String {
        let (place, name, first) = (
            chance.pick(&self.places),
            chance.pick(&self.surnames),
            chance.pick(&self.first),
        );
        let (five, four) = (self.some_of(chance, 5), self.some_of(chance, 4));
        match chance.next(100) {
            0..30 => format!(
                "(\"{place} hospital\" OR \"{place} general\" OR {place}hospital OR #{place}hospital) ({five}) -\"now hiring\" -job*"
            ),
            30..50 => format!(
                "(\"dr {name}\" OR \"doctor {name}\" OR \"{first} {name}\") NEAR/15 ({four}) lang:en,unknown"
            ),
            50..65 => format!(
                "(A&E OR \"emergency department\" OR !ER) NEAR/12 ({four}) AND ({place} OR \"saint {first}\")"
            ),
            65..75 => format!("\"{place} clinic\" source:google"),
            75..85 => format!(
                "{place} SENTENCE (hospital OR clinic OR ward) NOT (vet OR veterinary OR \"animal hospital\")"
            ),
            85..93 => format!("\"{first} {name}\" OR @{name}{place} OR \"{name} clinic\""),
            93..97 => format!("2 OF ({place}, {name}, \"saint {first}\")"),
            _ => format!("({name} OR {place}) stars:1..2"),
        }
    }

    /// A post of about `bytes` bytes: one in six names a place or person.
    fn post(&self, chance: &mut Chance, bytes: usize) -> String {
        let mut text = String::new();
        while text.len() < bytes {
            match chance.next(1000) {
                0..6 => text.push_str(chance.pick(&self.places)),
                6..10 => text.push_str(chance.pick(&self.surnames)),
                10..30 => text.push_str(
                    [
                        "rude",
                        "dirty",
                        "waiting",
                        "saint",
                        "emergency department",
                        "A&E",
                        "nurses",
                        "clinic",
                    ][chance.next(8)],
                ),
                30..80 => (0..4 + chance.next(5)).for_each(|_| {
                    text.push(char::from(
                        b'a' + u8::try_from(chance.next(26)).unwrap_or(0),
                    ))
                }),
                _ => text.push_str(chance.pick(&self.common)),
            }
            text.push(' ');
        }
        text.truncate(bytes);
        text
    }
}
