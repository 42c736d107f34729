//! The matcher: which watches are true for a post, exactly, at about the speed of reading the text.
//!
//! [`Engine`] owns the watches of all tenants; a [`Snapshot`] of it answers for one [`PreparedPost`] after the other,
//! with a [`Scratch`] for each thread. [`Single`] runs one query alone, with the same code. An index may propose posts
//! (see [`terms`]); the matcher decides.

mod anchors;
mod compile;
mod engine;
mod eval;
mod explain;
mod facts;
mod index;
mod keys;
mod lean;
mod needs;
mod post;
mod program;
mod row;
mod showing;
mod signature;
mod single;
mod slop;
mod snapshot;
mod spans;
mod statistics;
mod table;
mod terms;

pub use engine::Engine;
pub use explain::{Clause, Hit, Miss, explain, misses};
pub use lean::LeanPost;
pub use post::{AuthorView, Buffers, ParentView, PostView, PreparedPost, Strings, TextId};
pub use single::Single;
pub use snapshot::{Scratch, Snapshot};
pub use terms::terms;
