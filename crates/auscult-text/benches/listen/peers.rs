//! Plain ways to the same answers: an Aho-Corasick prefilter and a rarest-word index, each with exact evaluation.

use std::collections::HashMap;

use aho_corasick::AhoCorasick;
use auscult_model::search::Terms;
use auscult_text::matcher::{Buffers, PreparedPost, Scratch, Single, TextId};
use auscult_text::token::Cut;
use auscult_text::watch::Library;
use jiff::Timestamp;

use super::{Clock, view};

/// What a peer found and how long it took for each post.
pub(crate) struct Found {
    pub(crate) name: &'static str,
    pub(crate) seconds: f64,
    pub(crate) matches: Vec<Vec<u64>>,
}

/// Runs both on the same posts.
pub(crate) fn run(queries: &[String], texts: &[String], now: Timestamp) -> Vec<Found> {
    let library = Library::new();
    let singles: Vec<Single> = queries
        .iter()
        .map(|query| Single::compile(query, &library).expect("sound"))
        .collect();
    let counts = word_counts(texts);
    let mut kept: HashMap<String, Vec<usize>> = HashMap::new();
    let mut always = Vec::new();
    for (index, single) in singles.iter().enumerate() {
        match rarest(&single.terms(), &counts) {
            Some((_, words)) => words
                .into_iter()
                .for_each(|word| kept.entry(word).or_default().push(index)),
            None => always.push(index),
        }
    }
    let peers = Peers {
        singles,
        kept,
        always,
        now,
    };
    vec![peers.prefilter(texts), peers.word_index(texts)]
}

struct Peers {
    singles: Vec<Single>,
    kept: HashMap<String, Vec<usize>>,
    always: Vec<usize>,
    now: Timestamp,
}

impl Peers {
    /// All words of all watches are sought as letters, in one pass.
    fn prefilter(&self, texts: &[String]) -> Found {
        let (needles, lists): (Vec<_>, Vec<_>) = self.kept.iter().unzip();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(needles)
            .expect("it is built");
        self.timed(
            "Aho-Corasick prefilter, then exact",
            texts,
            |post, woken| {
                let source = post.source(TextId::Text);
                for hit in automaton.find_overlapping_iter(source) {
                    woken.extend_from_slice(lists[hit.pattern().as_usize()]);
                }
            },
        )
    }

    /// Each word of the post is looked up.
    fn word_index(&self, texts: &[String]) -> Found {
        self.timed("rarest-word index, then exact", texts, |post, woken| {
            let cut = post.cut(TextId::Text);
            for word in cut.words() {
                woken.extend(self.kept.get(cut.folded(word)).into_iter().flatten());
            }
        })
    }

    fn timed(
        &self,
        name: &'static str,
        texts: &[String],
        mut wake: impl FnMut(&PreparedPost<'_>, &mut Vec<usize>),
    ) -> Found {
        let (mut buffers, mut scratch) = (Buffers::default(), Scratch::default());
        let mut matches = Vec::new();
        let mut woken = Vec::new();
        let start = Clock::start();
        for text in texts {
            let post = PreparedPost::of(view(text), &mut buffers);
            woken.clone_from(&self.always);
            wake(&post, &mut woken);
            woken.sort_unstable();
            woken.dedup();
            let found = woken
                .iter()
                .filter(|index| self.singles[**index].matches(&post, self.now, &mut scratch));
            matches.push(found.map(|index| *index as u64).collect());
        }
        Found {
            name,
            seconds: start.seconds() / texts.len() as f64,
            matches,
        }
    }
}

fn word_counts(texts: &[String]) -> HashMap<String, u32> {
    let mut counts = HashMap::new();
    let mut cut = Cut::default();
    for text in texts.iter().take(20_000) {
        cut.read(text);
        for word in cut.words() {
            *counts.entry(cut.folded(word).to_owned()).or_insert(0) += 1;
        }
    }
    counts
}

/// The words of which one must be there, and how many posts have them; of several choices the rarest.
fn rarest(terms: &Terms, counts: &HashMap<String, u32>) -> Option<(u32, Vec<String>)> {
    match terms {
        Terms::Word(word) => Some((counts.get(word).copied().unwrap_or(0), vec![word.clone()])),
        Terms::All(parts) => parts
            .iter()
            .filter_map(|part| rarest(part, counts))
            .min_by_key(|(count, _)| *count),
        Terms::OneOf(parts) => {
            let all: Option<Vec<_>> = parts.iter().map(|part| rarest(part, counts)).collect();
            all.map(|choices| {
                let count = choices.iter().map(|(count, _)| count).sum();
                let words = choices.into_iter().flat_map(|(_, words)| words);
                (count, words.collect())
            })
        }
        Terms::Any | Terms::Nothing | Terms::Prefix(_) => None,
    }
}
