//! Near-duplicates: syndicated reviews, reposts, press releases.
//!
//! Texts are compared by the character 5-grams of their folded words; `MinHash` bands propose, exact Jaccard
//! similarity decides. A [`Deduper`] works on a stream and can be rebuilt from stored fingerprints, so that a text is
//! known across restarts. It only names clusters: no post is hidden.

mod sketch;

use std::collections::HashMap;

use sketch::Bands;
pub use sketch::Fingerprint;

/// The similarity from which two texts are near-duplicates, unless another is asked for.
pub const THRESHOLD: f64 = 0.8;
/// Texts kept under one band; more are so alike that the first ones stand for them.
const MOST_IN_BAND: usize = 64;

/// Where a post belongs.
#[derive(Debug, Clone, PartialEq)]
pub struct Assigned {
    /// The id of the cluster's first post.
    pub cluster: String,
    /// Similarity to the most similar earlier post of the cluster; 1 for its first post.
    pub similarity: f64,
    /// Whether an earlier post is so similar.
    pub seen_before: bool,
}

/// Assigns posts to clusters, one after the other.
#[derive(Debug)]
pub struct Deduper {
    threshold: f64,
    shape: Bands,
    /// Names of clusters.
    clusters: Vec<String>,
    /// Different texts, each with its cluster.
    texts: Vec<(Fingerprint, usize)>,
    same: HashMap<u64, usize>,
    bands: HashMap<u64, Vec<usize>>,
    names: HashMap<String, usize>,
}

impl Deduper {
    /// A deduper that knows no text yet; the threshold is between 0 and 1.
    pub fn new(threshold: f64) -> Self {
        Self {
            threshold,
            shape: Bands::for_threshold(threshold),
            clusters: Vec::new(),
            texts: Vec::new(),
            same: HashMap::new(),
            bands: HashMap::new(),
            names: HashMap::new(),
        }
    }

    /// Assigns a post, and remembers it.
    pub fn add(&mut self, id: &str, title: Option<&str>, text: Option<&str>) -> Assigned {
        self.add_fingerprint(id, Fingerprint::of(title, text))
    }

    /// The same for a fingerprint that was made before.
    pub fn add_fingerprint(&mut self, id: &str, fingerprint: Fingerprint) -> Assigned {
        if let Some((cluster, similarity)) = self.find(&fingerprint) {
            let name = self
                .clusters
                .get(cluster)
                .cloned()
                .unwrap_or_else(|| id.to_owned());
            if similarity < 1.0 {
                self.keep(fingerprint, cluster);
            }
            return Assigned {
                cluster: name,
                similarity,
                seen_before: true,
            };
        }
        let cluster = self.cluster(id);
        self.keep(fingerprint, cluster);
        Assigned {
            cluster: id.to_owned(),
            similarity: 1.0,
            seen_before: false,
        }
    }

    /// How many different texts it remembers.
    pub const fn texts(&self) -> usize {
        self.texts.len()
    }

    /// Puts back what was known before a restart: a fingerprint and the name of its cluster. What is known is left as it is.
    pub fn restore(&mut self, cluster: &str, fingerprint: Fingerprint) {
        if self.same.contains_key(&fingerprint.hash()) {
            return;
        }
        let cluster = self.cluster(cluster);
        self.keep(fingerprint, cluster);
    }

    fn cluster(&mut self, name: &str) -> usize {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        self.clusters.push(name.to_owned());
        self.names.insert(name.to_owned(), self.clusters.len() - 1);
        self.clusters.len() - 1
    }

    /// The cluster of the most similar text that is similar enough.
    fn find(&self, fingerprint: &Fingerprint) -> Option<(usize, f64)> {
        if fingerprint.is_empty() {
            return None;
        }
        if let Some(text) = self
            .same
            .get(&fingerprint.hash())
            .and_then(|text| self.texts.get(*text))
            && text.0 == *fingerprint
        {
            return Some((text.1, 1.0));
        }
        let mut candidates: Vec<usize> = self
            .shape
            .keys(fingerprint)
            .iter()
            .filter_map(|key| self.bands.get(key))
            .flatten()
            .copied()
            .collect();
        candidates.sort_unstable();
        candidates.dedup();
        let mut best: Option<(usize, f64)> = None;
        for (other, cluster) in candidates
            .into_iter()
            .filter_map(|candidate| self.texts.get(candidate))
        {
            let similarity = fingerprint.similarity(other);
            if similarity >= self.threshold && best.is_none_or(|(_, most)| similarity > most) {
                best = Some((*cluster, similarity));
            }
        }
        best
    }

    fn keep(&mut self, fingerprint: Fingerprint, cluster: usize) {
        if fingerprint.is_empty() {
            return;
        }
        let text = self.texts.len();
        for key in self.shape.keys(&fingerprint) {
            let band = self.bands.entry(key).or_default();
            if band.len() < MOST_IN_BAND {
                band.push(text);
            }
        }
        self.same.entry(fingerprint.hash()).or_insert(text);
        self.texts.push((fingerprint, cluster));
    }
}
