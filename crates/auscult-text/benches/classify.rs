//! How many posts a second one thread classifies with everything on, what its parts cost, how long the start takes and
//! how fast the guard answers: `cargo bench -p auscult-text --bench classify`.
//!
//! Where Python 3 can make itself an environment, VADER (its own package, by name) reads the same posts beside it.

use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use auscult_model::post::Post;
use auscult_text::classify::{Classifier, Scratch};
use auscult_text::crisis;
use auscult_text::guard::{Case, Policy, check};
use auscult_text::identifiers::{self, AllowList};
use jiff::Timestamp;

/// About 100 characters each, written for this project.
const POSTS: [&str; 8] = [
    "Waited five hours in A&E with my little boy and nobody told us anything. The nurse was lovely though.",
    "Can anyone recommend a good physio near Galway? My back has been killing me since the weekend, cheers",
    "Huge thanks to the midwives on the Rose ward, you were kind and calm and explained every single step.",
    "Cancelled again on the morning of the operation. Third letter this year. I am so tired of this place.",
    "Does the walk-in clinic open on bank holidays, and is there parking for blue badge holders near by?",
    "Started the new tablets on Monday and now I feel dizzy and sick, is that normal or should I stop them",
    "We're hiring! Staff nurse, band 5, outpatients. Apply by Friday, link in bio. Join our friendly team.",
    "Lovely evening by the canal with the dogs, the swans were out and the sunset was something else wow.",
];
const ROUNDS: usize = 4_000;
const CASES: &str = include_str!("../tests/data/guard-cases.jsonl");

fn main() {
    let start = Watch::start();
    let classifier = Classifier::built_in();
    let allow = AllowList::default();
    black_box(crisis::find(POSTS.first().copied().unwrap_or_default()));
    black_box(identifiers::find("Mr Adam Hill, 1 Elm Road", &allow));
    let (wall, processor) = start.stop();
    say(&format!(
        "start: {:.0} ms, {:.0} ms of processor time (asked: under 200)",
        wall * 1e3,
        processor * 1e3
    ));
    let posts = POSTS.map(|text| Post {
        text: Some(text.to_owned()),
        ..Post::default()
    });
    let mut scratch = Scratch::default();
    measure("classify, everything on", "asked: 20000 a second", |at| {
        if let Some(post) = posts.get(at) {
            black_box(classifier.read(black_box(post), Timestamp::UNIX_EPOCH, &mut scratch));
        }
    });
    measure("- of it crisis", "", |at| {
        black_box(crisis::find(POSTS.get(at).copied().unwrap_or_default()));
    });
    measure("- of it identifiers", "", |at| {
        let text = POSTS.get(at).copied().unwrap_or_default();
        black_box(identifiers::find(text, &allow));
    });
    guard();
    vader();
}

/// Wall clock and processor time of this thread.
struct Watch {
    wall: Instant,
    processor: f64,
}

impl Watch {
    fn start() -> Self {
        Self {
            wall: Instant::now(),
            processor: processor_seconds(),
        }
    }

    fn stop(&self) -> (f64, f64) {
        (
            self.wall.elapsed().as_secs_f64(),
            processor_seconds() - self.processor,
        )
    }
}

/// Seconds this thread has run, as Linux counts them; zero elsewhere.
fn processor_seconds() -> f64 {
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok())
        .unwrap_or(0.0)
        / 1e9
}

fn measure(name: &str, goal: &str, mut judge: impl FnMut(usize)) {
    let watch = Watch::start();
    for _ in 0..ROUNDS {
        for at in 0..POSTS.len() {
            judge(at);
        }
    }
    let (wall, processor) = watch.stop();
    let count = (ROUNDS * POSTS.len()) as f64;
    say(&format!(
        "{name}: {:.0} posts/s by the clock, {:.0} by processor time, {:.1} us a post {goal}",
        count / wall,
        count / processor.max(1e-9),
        processor.max(1e-9) * 1e6 / count
    ));
}

/// The guard over all own cases, ten times.
fn guard() {
    let policy = Policy::default();
    let cases: Vec<Case> = CASES
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let (mut walls, mut processors) = (Vec::new(), Vec::new());
    for case in std::iter::repeat_n(&cases, 10).flatten() {
        let watch = Watch::start();
        black_box(check(black_box(case), &policy));
        let (wall, processor) = watch.stop();
        walls.push(wall * 1e3);
        processors.push(processor * 1e3);
    }
    say(&format!(
        "guard: p50 {:.2} ms, p99 {:.2} ms by the clock; p50 {:.2} ms, p99 {:.2} ms of processor time (asked: p99 under 5)",
        at(&mut walls, 50),
        at(&mut walls, 99),
        at(&mut processors, 50),
        at(&mut processors, 99)
    ));
}

fn at(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values
        .get(values.len() * percent / 100)
        .copied()
        .unwrap_or_default()
}

/// What VADER does with the same posts, in its own environment.
const VADER: &str = r#"
import sys, time
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
analyzer = SentimentIntensityAnalyzer()
posts = sys.stdin.read().split("\n")
wall, processor = time.perf_counter(), time.process_time()
for _ in range(1000):
    for post in posts:
        analyzer.polarity_scores(post)
count = 1000 * len(posts)
wall, processor = time.perf_counter() - wall, time.process_time() - processor
print(f"VADER in Python, sentiment alone: {count / wall:.0f} posts/s by the clock, {count / processor:.0f} by processor time, {processor * 1e6 / count:.1f} us a post")
"#;

fn vader() {
    let folder = std::env::temp_dir().join("auscult-bench-vader");
    let python = folder.join("bin/python");
    if !python.exists() && !prepare(&folder, &python) {
        say(
            "VADER: skipped, no environment with python3 and its package vaderSentiment could be made",
        );
        return;
    }
    let peer = Command::new(&python)
        .args(["-c", VADER])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .and_then(|mut child| {
            if let Some(mut input) = child.stdin.take() {
                input.write_all(POSTS.join("\n").as_bytes())?;
            }
            child.wait_with_output()
        });
    match peer {
        Ok(output) if output.status.success() => {
            say(String::from_utf8_lossy(&output.stdout).trim_end());
        }
        Ok(_) | Err(_) => say("VADER: skipped, it did not run"),
    }
}

fn prepare(folder: &Path, python: &Path) -> bool {
    let made = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    made(Command::new("python3").args(["-m", "venv"]).arg(folder))
        && made(Command::new(python).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "vaderSentiment==3.3.2",
        ]))
}

fn say(line: &str) {
    drop(std::io::stdout().write_all(format!("{line}\n").as_bytes()));
}
