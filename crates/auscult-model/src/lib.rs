//! The nouns of Auscult and the pure rules over them: no input or output, no async, no clock of its own.
//!
//! Every other crate speaks in these types. A file here is named after the capability it serves.

pub mod post;
