//! The nouns of Auscult and the pure rules over them: no input or output, no async, no clock of its own.
//!
//! Every other crate speaks in these types. A file here is named after the capability it serves.

pub mod approval;
pub mod case;
pub mod channel;
pub mod delivery;
pub mod draft;
pub mod hours;
pub mod ids;
pub mod inbox;
pub mod listen;
pub mod measure;
pub mod member;
pub mod person;
pub mod plan;
pub mod post;
pub mod search;
pub mod subject;
pub mod watch;
pub mod word;
pub mod workspace;
