//! What templates are given: plain data, one file for each capability. Handlers fill it; templates only show it.

pub mod access;
pub mod approvals;
pub mod bring;
pub mod errors;
pub mod imports;
pub mod inbox;
pub mod listen;
pub mod measure;
pub mod people;
pub mod plan;
pub mod safety;
pub mod search;
pub mod settings;
pub mod shell;
pub mod today;
