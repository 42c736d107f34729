//! The use cases of Auscult: permissions, transactions, jobs and schedules. No HTTP and no SQL text here.
//!
//! The web floor and the binary call the functions of a capability's file with the [`app::App`]; they call text, store
//! and connect.

pub mod access;
pub mod answer;
pub mod app;
pub mod archive;
pub mod channels;
pub mod clock;
pub mod deliver;
pub mod demo;
pub mod error;
pub mod export;
pub mod guard;
pub mod inbox;
pub mod keys;
pub mod listen;
pub mod live;
pub mod measure;
pub mod people;
pub mod plan;
pub mod policy;
pub mod presence;
pub mod right;
pub mod run;
pub mod safety;
pub mod search;
pub mod settings;
pub mod system;
pub mod takedown;
pub mod tasks;
pub mod workspace;
