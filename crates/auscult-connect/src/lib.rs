//! The only networks: one folder for each, one contract ([`contract`]), one suite that all connectors pass.
//!
//! Nothing here knows a database. Everything goes out through the one [`egress`] client.

pub mod contract;
pub mod dates;
pub mod egress;
pub mod html;
pub mod identity;
pub mod import;
pub mod item;
