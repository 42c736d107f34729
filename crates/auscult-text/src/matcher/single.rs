//! One query run alone: an inbox view, a search in the archive, a rule.

use std::sync::Arc;

use auscult_model::search::Terms;
use jiff::Timestamp;

use super::compile::compile;
use super::eval::Run;
use super::post::PreparedPost;
use super::program::Program;
use super::snapshot::Scratch;
use super::terms::terms_of;
use crate::watch::{Code, Fault, Library, Node, Span, WatchError, parse_whole};

/// A query, ready to run.
#[derive(Debug, Clone)]
pub struct Single {
    tree: Arc<Node>,
    program: Program,
}

impl Single {
    /// Reads a query; `library` holds the lists and watches it may name and must be settled.
    pub fn compile(query: &str, library: &Library) -> Result<Self, Vec<WatchError>> {
        let parsed = parse_whole(query, library);
        let Some(tree) = parsed.tree else {
            return Err(parsed.errors);
        };
        let program = compile(&tree, library).map_err(|_too_large| {
            let whole = Span::new(0, query.chars().count());
            vec![Fault::new(Code::TooDeep, whole).in_words(query)]
        })?;
        Ok(Self { tree, program })
    }

    /// Whether the query is true for a post.
    pub fn matches(&self, post: &PreparedPost<'_>, now: Timestamp, scratch: &mut Scratch) -> bool {
        Run {
            program: &self.program,
            post,
            now,
            pool: scratch.pool(),
        }
        .holds(0, None)
    }

    /// What a stored post must contain to be worth showing to [`Single::matches`].
    pub fn terms(&self) -> Terms {
        terms_of(&self.program)
    }

    /// The tree.
    pub fn tree(&self) -> &Node {
        &self.tree
    }
}
