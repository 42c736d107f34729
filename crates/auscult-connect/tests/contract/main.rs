//! What this crate promises, through its public doors: the egress client under attack, and one suite that every
//! connector passes against a strict fake of its network.
#![cfg(test)]

mod bluesky;
mod bluesky_calls;
mod bluesky_streams;
mod egress;
mod feed;
mod mastodon;
mod server;
mod sockets;
mod suite;
mod weak;
