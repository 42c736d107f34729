//! The use cases of Auscult: permissions, transactions, jobs and schedules. No HTTP and no SQL text here.
//!
//! The web floor and the binary call [`App`]; it calls text, store and connect.

pub mod clock;
pub mod demo;
pub mod error;
pub mod keys;
pub mod listen;
pub mod settings;
pub mod tasks;
