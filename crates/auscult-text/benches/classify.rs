//! How many posts a second one thread classifies, everything on, and how long the start takes:
//! `cargo bench -p auscult-text --bench classify`.

use std::hint::black_box;
use std::io::Write as _;
use std::time::Instant;

use auscult_model::post::Post;
use auscult_text::classify::{Classifier, Scratch};
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

fn main() {
    let begin = Instant::now();
    let classifier = Classifier::built_in();
    let start = begin.elapsed();
    let posts: Vec<Post> = POSTS
        .iter()
        .map(|text| Post {
            text: Some((*text).to_owned()),
            ..Post::default()
        })
        .collect();
    let mut scratch = Scratch::default();
    let begin = Instant::now();
    for _ in 0..ROUNDS {
        for post in &posts {
            black_box(classifier.read(black_box(post), Timestamp::UNIX_EPOCH, &mut scratch));
        }
    }
    let seconds = begin.elapsed().as_secs_f64();
    let count = (ROUNDS * POSTS.len()) as f64;
    let line = format!(
        "classify: start {:.0} ms (asked: under 200), {:.0} posts/s on one thread (asked: 20000), {:.1} us a post\n",
        start.as_secs_f64() * 1000.0,
        count / seconds,
        seconds * 1e6 / count
    );
    drop(std::io::stdout().write_all(line.as_bytes()));
}
