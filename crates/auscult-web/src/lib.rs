//! The web floor: pages, fragments, assets, live events and locales.
//!
//! A handler extracts, calls one use case, fills a view struct of [`view`] and hands it to [`render`]. Templates hold
//! loops and ifs only; every visible text is a key of `locales/`. This floor never holds rules and never sees SQL.

pub mod api;
pub mod assets;
pub mod charts;
pub mod cookie;
pub mod error;
pub(crate) mod filters;
pub mod headers;
pub mod live;
pub mod locale;
pub mod origin;
pub mod pages;
pub mod rate;
pub mod render;
pub mod router;
pub mod said;
mod serve;
pub mod time;
pub mod ui;
pub mod view;

pub use serve::serve;
