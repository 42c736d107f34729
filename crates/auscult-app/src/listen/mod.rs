//! Listening: sources are looked at, posts are understood and kept, watches say which matter.

pub mod kit;
