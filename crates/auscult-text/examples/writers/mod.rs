//! Rows by the person who wrote them, so that each can be left out.

use std::io::{Read as _, Write as _};
use std::path::Path;

use auscult_text::train::{
    LabelledPost, LabelledReply, posts as read_posts, replies as read_replies,
};
use serde_json::Value;

/// What one person wrote.
pub(crate) struct Writer<T> {
    pub(crate) name: String,
    pub(crate) rows: Vec<T>,
}

/// Where the rows written for this project lie.
fn own() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data"))
}

/// The files of one kind by writer: `guard-wa.jsonl` is the whole of writer `wa`; those of the rules' own authors
/// (cases, fresh sets) are one writer. What lies in `held` is never trained on and never read here.
fn written<T>(folder: &Path, kind: &str, read: impl Fn(&str) -> Vec<T>) -> Vec<Writer<T>> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort_unstable();
    let mut writers: Vec<Writer<T>> = Vec::new();
    for file in &names {
        let said = file
            .strip_prefix(kind)
            .and_then(|rest| rest.strip_prefix('-'))
            .and_then(|rest| rest.strip_suffix(".jsonl"));
        let Some(said) = said else { continue };
        let name = if said.len() == 2 { said } else { "own" };
        let rows = lines(folder, file)
            .map(|text| read(&text))
            .unwrap_or_default();
        match writers.iter_mut().find(|writer| writer.name == name) {
            Some(writer) => writer.rows.extend(rows),
            None => writers.push(Writer {
                name: name.to_owned(),
                rows,
            }),
        }
    }
    writers
}

/// Replies by writer; the labelled rows from outside are one more.
pub(crate) fn replies(folder: &Path) -> Vec<Writer<LabelledReply>> {
    let mut writers = written(own(), "guard", read_replies);
    writers.extend(lines(folder, "reply_guard.jsonl").map(|text| Writer {
        name: "reply_guard".to_owned(),
        rows: read_replies(&text),
    }));
    writers
}

/// Posts by writer.
pub(crate) fn posts() -> Vec<Writer<LabelledPost>> {
    written(own(), "crisis", read_posts)
}

/// Replies and posts that are never trained on.
pub(crate) fn held() -> (Vec<Writer<LabelledReply>>, Vec<Writer<LabelledPost>>) {
    let folder = own().join("held");
    (
        written(&folder, "guard", read_replies),
        written(&folder, "crisis", read_posts),
    )
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
