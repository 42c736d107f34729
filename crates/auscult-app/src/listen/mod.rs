//! Listening: sources are looked at, posts are understood and kept, watches say which matter.
//!
//! [`take`] is the one way in for everything heard, from whichever door: poll, stream, webhook, import, demo.

pub mod bring;
mod context;
pub mod editor;
pub mod engine;
pub mod import;
pub mod kit;
mod poll;
pub mod seen;
mod stream;
mod take;
mod understand;
pub mod watches;
pub mod webhook;

pub use context::Context;
pub use poll::{once, start};
pub use take::take;
