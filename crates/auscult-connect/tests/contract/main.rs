//! One suite that every connector passes against a strict fake of its network.
#![cfg(test)]

mod bluesky;
mod server;
mod suite;
