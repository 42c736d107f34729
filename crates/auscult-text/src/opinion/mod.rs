//! A learnt second opinion: a linear layer over phrases, pairs and pieces of words, trained on replies and posts written by
//! hand. It stands beside rules and frames, which know what is certain; it knows what such texts are usually like.
//!
//! A text becomes `Features`, a [`Table`] of trained weights gives a score, and the words with the greatest share can be
//! shown. The same text and table give the same score on every machine: the sums are of whole numbers.

mod features;
mod table;

pub(crate) use features::{Features, Pairs, key};
pub use table::Table;
pub(crate) use table::{FACT, TableHeader};
