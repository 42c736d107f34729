//! The compiled watches of all workspaces, kept in step with the store.

use auscult_model::ids::WorkspaceId;
use auscult_model::post::Post;
use jiff::Timestamp;

use crate::listen::understand::Hits;

/// The compiled watches.
#[derive(Debug, Default)]
pub struct Watches;

impl Watches {
    /// Which watches and subjects of a workspace a post matches.
    pub(crate) fn matches(&self, _workspace: WorkspaceId, _post: &Post, _now: Timestamp) -> Hits {
        (Vec::new(), Vec::new())
    }
}
