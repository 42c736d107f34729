//! The one egress client.

/// The one egress client.
#[derive(Debug, Clone)]
pub struct Egress;
