//! The folder of labelled text, as the training and evaluation programs read it.

use std::io::{Read as _, Write as _};
use std::path::Path;

use auscult_text::train::{Corpus, Kind};

/// The files and what their rows are.
const FILES: [(&str, Kind); 5] = [
    ("nhs_fft_v6.jsonl.gz", Kind::Survey),
    ("nhs_fft_phase1.jsonl.gz", Kind::Graded),
    ("hutto_tweets.jsonl", Kind::Tweet),
    ("hutto_amazon.jsonl", Kind::Review),
    ("psytar_sentences.jsonl", Kind::Drug),
];

/// Reads a file, unpacked where it is packed; none when it is not there.
pub(crate) fn lines(folder: &Path, name: &str) -> Option<String> {
    let bytes = std::fs::read(folder.join(name)).ok()?;
    let mut text = String::new();
    if name.ends_with(".gz") {
        flate2::read::GzDecoder::new(bytes.as_slice())
            .read_to_string(&mut text)
            .ok()?;
    } else {
        text = String::from_utf8(bytes).ok()?;
    }
    Some(text)
}

/// All labelled text of a folder; none when no file is there.
pub(crate) fn read(folder: &Path) -> Option<Corpus> {
    let mut corpus = Corpus::default();
    for (name, kind) in FILES {
        let Some(text) = lines(folder, name) else {
            say(&format!("skipped: no {name}"));
            continue;
        };
        for bad in corpus.add(kind, name, &text) {
            say(&bad.to_string());
        }
    }
    if corpus.rows.is_empty() {
        return None;
    }
    corpus.add_plain();
    Some(corpus)
}

/// A line for the person at the terminal.
pub(crate) fn say(line: &str) {
    // Nobody can be told that nobody can be told.
    drop(writeln!(std::io::stderr(), "{line}"));
}
