//! Rows by the person who wrote them, so that each can be left out.

use std::io::{Read as _, Write as _};
use std::path::Path;

use auscult_text::train::{
    LabelledPost, LabelledReply, posts as read_posts, replies as read_replies,
};
use serde_json::Value;

/// What one person wrote.
pub(crate) struct Writer<T> {
    pub(crate) name: &'static str,
    pub(crate) rows: Vec<T>,
}

/// Where the rows written for this project lie.
fn own() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data"))
}

/// Replies by writer; those of the rules' own authors are one.
pub(crate) fn replies(folder: &Path) -> Vec<Writer<LabelledReply>> {
    let files: [(&str, &[&str]); 4] = [
        ("wa", &["guard-wa.jsonl"]),
        ("wb", &["guard-wb.jsonl"]),
        ("wc", &["guard-wc.jsonl"]),
        (
            "own",
            &[
                "guard-cases.jsonl",
                "guard-fresh-1.jsonl",
                "guard-fresh-2.jsonl",
                "guard-fresh-3.jsonl",
                "guard-fresh-4.jsonl",
            ],
        ),
    ];
    let mut writers: Vec<Writer<LabelledReply>> = files
        .into_iter()
        .map(|(name, files)| Writer {
            name,
            rows: files
                .iter()
                .filter_map(|file| lines(own(), file))
                .flat_map(|text| read_replies(&text))
                .collect(),
        })
        .collect();
    writers.extend(lines(folder, "reply_guard.jsonl").map(|text| Writer {
        name: "reply_guard",
        rows: read_replies(&text),
    }));
    writers
}

/// Posts by writer.
pub(crate) fn posts() -> Vec<Writer<LabelledPost>> {
    let files: [(&str, &[&str]); 3] = [
        ("ca", &["crisis-ca.jsonl"]),
        ("cb", &["crisis-cb.jsonl"]),
        (
            "own",
            &[
                "crisis-cases.jsonl",
                "crisis-fresh-1.jsonl",
                "crisis-fresh-2.jsonl",
                "crisis-fresh-3.jsonl",
            ],
        ),
    ];
    let read = |files: &[&str]| {
        files
            .iter()
            .filter_map(|file| lines(own(), file))
            .flat_map(|text| read_posts(&text))
            .collect()
    };
    files
        .into_iter()
        .map(|(name, files)| Writer {
            name,
            rows: read(files),
        })
        .collect()
}

/// Ordinary comments of patients.
pub(crate) fn comments(folder: &Path) -> Vec<String> {
    ["nhs_fft_v6.jsonl.gz", "nhs_fft_phase1.jsonl.gz"]
        .into_iter()
        .filter_map(|name| lines(folder, name))
        .flat_map(|text| {
            let rows = text
                .lines()
                .filter_map(|line| serde_json::from_str::<Value>(line).ok());
            rows.filter_map(|row| row.get("text")?.as_str().map(str::to_owned))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Reads a file, unpacked where it is packed; none when it is not there.
fn lines(folder: &Path, name: &str) -> Option<String> {
    let path = folder.join(name);
    let bytes = std::fs::read(&path).ok()?;
    if path.extension().is_none_or(|ending| ending != "gz") {
        return String::from_utf8(bytes).ok();
    }
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes.as_slice())
        .read_to_string(&mut text)
        .ok()?;
    Some(text)
}

/// A line for the person at the terminal.
pub(crate) fn say(line: &str) {
    // Nobody can be told that nobody can be told.
    drop(writeln!(std::io::stderr(), "{line}"));
}
