//! What templates are given: plain data, one file for each capability. Handlers fill it; templates only show it.

pub mod access;
pub mod errors;
pub mod inbox;
pub mod shell;
pub mod today;
