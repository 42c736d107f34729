//! The matcher at 1,000, 10,000 and 100,000 watches, beside its peers, in one run.
//!
//! `cargo bench -p auscult-text --bench listen [WATCHES] [POSTS]`. Times of one thread are those of the processor, as
//! far as the system tells them, so that other work on the machine does not count; those of all cores are by the clock
//! on the wall. The processor's time is told in steps of a few milliseconds, so few posts make coarse figures. The answers of the exact peers are compared, and each difference is printed.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a bench stops at the first surprise"
)]

#[path = "listen/generate.rs"]
mod generate;
#[path = "listen/peers.rs"]
mod peers;

use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use auscult_text::matcher::{Buffers, Engine, LeanPost, PostView, PreparedPost, Scratch, Snapshot};
use auscult_text::token::Cut;
use generate::{Chance, Names};
use jiff::Timestamp;

/// Peers are slow; they see this many posts.
const FOR_PEERS: usize = 2_000;

fn main() {
    let numbers: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let posts = numbers.get(1).copied().unwrap_or(200_000);
    let sizes = numbers
        .first()
        .map_or_else(|| vec![1_000, 10_000, 100_000], |size| vec![*size]);
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().expect("an instant");
    let names = Names::new();
    let mut chance = Chance(42);
    let kinds: Vec<Kind> = vec![
        Kind::new("posts of 94 bytes", &names, (94, 94), posts),
        Kind::new("posts of 50 to 280 bytes", &names, (50, 280), posts),
        Kind::new("reviews of 1,700 bytes", &names, (1_700, 1_700), posts / 15),
    ];
    let alone: Vec<f64> = kinds.iter().map(cutting).collect();
    for size in sizes {
        let queries: Vec<String> = (0..size).map(|_| names.watch(&mut chance)).collect();
        let snapshot = compile(&queries);
        for (kind, cutting) in kinds.iter().zip(&alone) {
            one_thread(&snapshot, kind, now, *cutting);
            all_cores(&snapshot, kind, now);
        }
        json_lines(&snapshot, &kinds[0], now);
        compare(&queries, &snapshot, &kinds[0], now);
    }
    say(format_args!(
        "not measured here: tantivy micro-batches, PostgreSQL tsquery and a Python index have no peer in this bench yet"
    ));
}

/// Texts of one length.
struct Kind {
    name: &'static str,
    texts: Vec<String>,
}

impl Kind {
    fn new(name: &'static str, names: &Names, (least, most): (usize, usize), count: usize) -> Self {
        let mut chance = Chance(7);
        let texts = (0..count)
            .map(|_| {
                let bytes = least + chance.next(most - least + 1);
                names.post(&mut chance, bytes)
            })
            .collect();
        Self { name, texts }
    }
}

fn cutting(kind: &Kind) -> f64 {
    let mut cut = Cut::default();
    let mut words = 0;
    let start = Clock::start();
    for text in &kind.texts {
        cut.read(text);
        words += cut.words().len();
    }
    let seconds = start.seconds() / kind.texts.len() as f64;
    say(format_args!(
        "{}: cutting alone {:.0} posts/s ({:.1} words each)",
        kind.name,
        1.0 / seconds,
        words as f64 / kind.texts.len() as f64
    ));
    seconds
}

fn compile(queries: &[String]) -> Arc<Snapshot> {
    let before = resident();
    let start = Clock::start();
    let mut engine = Engine::new();
    for (query, key) in queries.iter().zip(0..) {
        let errors = engine.upsert(1, key, &format!("w{key}"), query, true);
        assert!(errors.is_empty(), "{query}: {errors:?}");
    }
    let snapshot = engine.snapshot();
    say(format_args!(
        "\n{} watches: compiled in {:.2} s, {} MB more resident",
        queries.len(),
        start.seconds(),
        resident().saturating_sub(before) / 1024
    ));
    let mut worst: f64 = 0.0;
    let start = Clock::start();
    for (query, key) in queries.iter().zip(0_u64..).take(200) {
        let one = Instant::now();
        engine.upsert(1, key, &format!("w{key}"), query, true);
        std::hint::black_box(engine.snapshot());
        worst = worst.max(one.elapsed().as_secs_f64());
    }
    say(format_args!(
        "one edit and its snapshot: {:.0} us, the worst of 200 {:.0} us",
        start.seconds() * 1e6 / queries.len().min(200) as f64,
        worst * 1e6
    ));
    snapshot
}

fn one_thread(snapshot: &Snapshot, kind: &Kind, now: Timestamp, cutting: f64) {
    let (mut buffers, mut scratch) = (Buffers::default(), Scratch::default());
    let (start, wall) = (Clock::start(), Instant::now());
    let found = count(snapshot, &kind.texts, now, (&mut buffers, &mut scratch));
    let seconds = start.seconds() / kind.texts.len() as f64;
    say(format_args!(
        "{}: matcher {:.0} posts/s of processor time ({:.0} on the wall), {:.2} times cutting alone, {found} matches",
        kind.name,
        1.0 / seconds,
        kind.texts.len() as f64 / wall.elapsed().as_secs_f64(),
        seconds / cutting
    ));
}

fn count(
    snapshot: &Snapshot,
    texts: &[String],
    now: Timestamp,
    (buffers, scratch): (&mut Buffers, &mut Scratch),
) -> usize {
    texts
        .iter()
        .map(|text| {
            let post = PreparedPost::of(view(text), buffers);
            snapshot.matches(Some(1), &post, now, scratch).len()
        })
        .sum()
}

fn all_cores(snapshot: &Snapshot, kind: &Kind, now: Timestamp) {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let wall = Instant::now();
    std::thread::scope(|scope| {
        for part in kind.texts.chunks(kind.texts.len().div_ceil(threads).max(1)) {
            scope.spawn(move || {
                let (mut buffers, mut scratch) = (Buffers::default(), Scratch::default());
                count(snapshot, part, now, (&mut buffers, &mut scratch))
            });
        }
    });
    say(format_args!(
        "{}: {threads} threads {:.0} posts/s on the wall",
        kind.name,
        kind.texts.len() as f64 / wall.elapsed().as_secs_f64()
    ));
}

/// What `auscult match` does for each row: read, cut, match.
fn json_lines(snapshot: &Snapshot, kind: &Kind, now: Timestamp) {
    let rows: Vec<String> = kind
        .texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            format!(
                "{{\"id\": \"p{index}\", \"source\": \"bluesky\", \"text\": \"{text}\", \"lang\": \"en\", \
                 \"created_at\": \"2026-11-20T10:00:00Z\"}}"
            )
        })
        .collect();
    let start = Clock::start();
    for row in &rows {
        std::hint::black_box(LeanPost::read(row).expect("a post"));
    }
    let reading = start.seconds() / rows.len() as f64;
    let (mut buffers, mut scratch) = (Buffers::default(), Scratch::default());
    let start = Clock::start();
    let mut found = 0;
    for row in &rows {
        let post = LeanPost::read(row).expect("a post");
        let prepared = PreparedPost::of(post.view(), &mut buffers);
        found += snapshot.matches(None, &prepared, now, &mut scratch).len();
    }
    let seconds = start.seconds() / rows.len() as f64;
    say(format_args!(
        "JSON Lines, {}: reading alone {:.0} rows/s, read and matched {:.0} rows/s, {found} matches",
        kind.name,
        1.0 / reading,
        1.0 / seconds
    ));
}

/// The exact peers must give the matcher's answers.
fn compare(queries: &[String], snapshot: &Snapshot, kind: &Kind, now: Timestamp) {
    let few = kind.texts.get(..FOR_PEERS).unwrap_or(&kind.texts);
    let (mut buffers, mut scratch) = (Buffers::default(), Scratch::default());
    let ours: Vec<Vec<u64>> = few
        .iter()
        .map(|text| {
            let post = PreparedPost::of(view(text), &mut buffers);
            snapshot.matches(Some(1), &post, now, &mut scratch).to_vec()
        })
        .collect();
    for peer in peers::run(queries, few, now) {
        let different = ours
            .iter()
            .zip(&peer.matches)
            .filter(|(ours, theirs)| ours != theirs)
            .count();
        say(format_args!(
            "peer, {}: {} {:.0} posts/s, answers differ on {different} of {} posts",
            kind.name,
            peer.name,
            1.0 / peer.seconds,
            few.len()
        ));
    }
}

fn say(line: std::fmt::Arguments<'_>) {
    writeln!(std::io::stdout(), "{line}").expect("standard output takes lines");
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
