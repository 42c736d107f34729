//! Text into signals: folding, words, the watch language and its matcher, classification, identifiers,
//! the guard and near-duplicates.
//!
//! Everything here is pure computation on text. It never touches a network, a database, a clock or the environment.

pub mod classify;
pub mod crisis;
pub mod dedupe;
pub mod fold;
pub mod guard;
pub mod identifiers;
pub mod lang;
pub mod matcher;
pub mod opinion;
mod reading;
pub mod token;
pub mod train;
pub mod watch;
