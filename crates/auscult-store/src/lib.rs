//! The store: the only SQL of Auscult, on SQLite and PostgreSQL through one seam.
//!
//! One file per noun. A read takes [`Conn`], a write takes [`Tx`]; only the app floor opens a transaction.
//! Every query for people's data takes a [`Viewer`](auscult_model::member::Viewer), and the SQL holds the
//! permission: the workspace, restricted rows, teams. Nothing here knows a network.

mod arg;
mod batch;
mod chain;
mod counter;
mod db;
mod error;
mod hex;
mod migrate;
mod row;

pub mod admin;
pub mod approval;
pub mod attention;
pub mod audit;
pub mod case;
pub mod channel;
pub mod cluster;
pub mod decision;
pub mod draft;
pub mod feed;
pub mod import;
pub mod inbox;
pub mod instance;
pub mod job;
pub mod label;
pub mod listen;
pub mod live;
pub mod measure;
pub mod member;
pub mod outbox;
pub mod person;
pub mod plan;
pub mod post;
pub mod retention;
pub mod search;
pub mod session;
pub mod subject;
pub mod token;
pub mod user;
pub mod view;
pub mod watch;
pub mod workspace;

pub use db::{Conn, Engine, Store, StoreOptions, Tx};
pub use error::StoreError;
pub use migrate::SCHEMA;
