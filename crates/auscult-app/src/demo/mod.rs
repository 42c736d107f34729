//! The filled example: an invented health system with ninety days behind it, made from a seed.
//!
//! `story` is pure: seed and end of the period in, what people wrote and what was answered out. `seed` puts it into
//! the store through the same doors as real posts.

pub mod book;
mod filling;
mod plan;
mod seed;
pub mod story;

pub use filling::{Filling, Stand, begin, enter, stand};
pub use seed::{Opened, SEED, SLUG, fill};
