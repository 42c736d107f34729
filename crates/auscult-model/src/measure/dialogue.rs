//! What makes an exchange a conversation.

use serde::{Deserialize, Serialize};

/// Whose turn it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// A person outside the staff list.
    Out,
    /// A human reply of ours.
    Own,
    /// An automatic message; never counts.
    Auto,
}

/// What a thread was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// At least two turns from outside, at least one of ours, and one from outside after ours.
    pub qualifying: bool,
    /// Changes of side among human turns.
    pub turn_depth: u64,
}

/// Reads the turns of a thread in order.
pub fn conversation(turns: &[Turn]) -> Conversation {
    let human: Vec<Turn> = turns
        .iter()
        .copied()
        .filter(|turn| *turn != Turn::Auto)
        .collect();
    let out = human.iter().filter(|turn| **turn == Turn::Out).count();
    let after_own = human
        .iter()
        .skip_while(|turn| **turn != Turn::Own)
        .any(|turn| *turn == Turn::Out);
    let turn_depth = human
        .windows(2)
        .filter(|pair| pair.first() != pair.last())
        .count() as u64;
    Conversation {
        qualifying: out >= 2 && after_own,
        turn_depth,
    }
}

/// The largest h such that level h of the reply tree has at least h comments (Gómez, Kaltenbrunner, López 2008).
pub fn thread_depth_index(comments_per_level: &[u64]) -> u64 {
    let levels = comments_per_level.iter().zip(1_u64..);
    levels
        .filter(|(comments, level)| *comments >= level)
        .map(|(_, level)| level)
        .max()
        .unwrap_or(0)
}

/// Bennett's engagement quotient, to compare with old tables only.
pub fn engagement_quotient(
    likes: u64,
    comments: u64,
    visitor_posts: u64,
    clicks: u64,
    fans: u64,
) -> f64 {
    (likes as f64 + 7.0 * comments as f64 + 7.0 * visitor_posts as f64 + 2.0 * clicks as f64)
        / (fans as f64).max(500.0)
}
