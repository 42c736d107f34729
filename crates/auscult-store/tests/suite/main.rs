//! One suite for both engines: each test body runs on SQLite, and on PostgreSQL when
//! `AUSCULT_TEST_POSTGRES` names a server (`postgres://name@127.0.0.1:15432/postgres`).
#![cfg(test)]
#![expect(
    clippy::too_many_lines,
    reason = "a test tells one story from beginning to end"
)]

mod care;
mod engines;
mod inbox;
mod keep;
mod listen;
mod outbox;
mod people;
mod records;
