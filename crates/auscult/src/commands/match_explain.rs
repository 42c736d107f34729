//! `auscult match --explain --misses --notes`: why a watch is true for a post or not (docs/specs/watch-language.md, 9
//! and 10).

use std::sync::Arc;

use auscult_text::matcher::{PreparedPost, explain, misses};
use auscult_text::watch::{Library, Node, notes, parse_whole};
use jiff::Timestamp;

/// A sound watch as it is written.
struct Written {
    /// Its id as it is printed.
    printed: String,
    query: String,
    tree: Arc<Node>,
}

/// What is needed to explain: the watches by key, nothing for one with errors.
pub(crate) struct Explainer {
    library: Library,
    watches: Vec<Option<Written>>,
    with_misses: bool,
}

impl Explainer {
    /// `queries` are in the order of the keys: the id as it is printed, and the text.
    pub(crate) fn new(
        library: Library,
        queries: impl Iterator<Item = (String, String)>,
        with_misses: bool,
    ) -> Self {
        let watches = queries
            .map(|(printed, query)| {
                let tree = parse_whole(&query, &library).tree?;
                Some(Written {
                    printed,
                    query,
                    tree,
                })
            })
            .collect();
        Self {
            library,
            watches,
            with_misses,
        }
    }

    /// The notes on each sound watch, one row each; watches without notes have none.
    pub(crate) fn notes(&self) -> impl Iterator<Item = String> + '_ {
        self.watches.iter().flatten().filter_map(|watch| {
            let found = notes(&watch.query, &watch.tree, &self.library);
            let written = serde_json::to_string(&found).ok()?;
            let row = format!("{{\"watch\":{},\"notes\":{written}}}", watch.printed);
            (!found.is_empty()).then_some(row)
        })
    }

    /// Whether a post without matches has a row too.
    pub(crate) const fn tells_misses(&self) -> bool {
        self.with_misses
    }

    /// Adds `,"explain":{…}` and, if asked for, `,"misses":{…}` to a row; `matched` is in ascending order.
    pub(crate) fn write(
        &self,
        matched: &[u64],
        post: &PreparedPost<'_>,
        now: Timestamp,
        out: &mut Vec<u8>,
    ) -> Result<(), String> {
        let is_matched = |key: u64| matched.binary_search(&key).is_ok();
        let watches = || (0_u64..).zip(&self.watches);
        out.extend_from_slice(b",\"explain\":");
        let true_ones = watches().filter(|(key, _)| is_matched(*key));
        self.object(true_ones, out, |watch, library| {
            serde_json::to_string(&explain(&watch.query, &watch.tree, library, post, now))
        })?;
        if self.with_misses {
            out.extend_from_slice(b",\"misses\":");
            let others = watches().filter(|(key, _)| !is_matched(*key));
            self.object(others, out, |watch, library| {
                serde_json::to_string(&misses(&watch.query, &watch.tree, library, post, now))
            })?;
        }
        Ok(())
    }

    fn object<'w>(
        &self,
        watches: impl Iterator<Item = (u64, &'w Option<Written>)>,
        out: &mut Vec<u8>,
        tell: impl Fn(&Written, &Library) -> serde_json::Result<String>,
    ) -> Result<(), String> {
        out.push(b'{');
        let mut is_first = true;
        for watch in watches.filter_map(|(_, watch)| watch.as_ref()) {
            if !is_first {
                out.push(b',');
            }
            is_first = false;
            let clauses = tell(watch, &self.library).map_err(|error| error.to_string())?;
            out.extend_from_slice(format!("{}:{clauses}", watch.printed).as_bytes());
        }
        out.push(b'}');
        Ok(())
    }
}
