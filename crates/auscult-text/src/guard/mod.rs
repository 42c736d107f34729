//! The guard: may this text go out? It reads a draft together with the post it answers and says allow, warn or block,
//! with the words at fault, the reason, the law and safe words instead.
//!
//! The rules are data (`data/guard/`), the same for the composer, the queue, the moment of sending and the command line.
//! Beside them stands a learnt opinion (`data/weights/guard*.weights`). A workspace can make the rules stricter, never looser. The guard never sends and never rewrites by itself.

mod addressed;
mod case;
mod check;
mod contacts;
mod duty;
mod exercises;
mod health;
mod learnt;
mod naming;
mod policy;
mod posted;
mod report;
mod rewrite;
mod rules;

pub use case::{Approval, Audience, Case, Kind, Media, Region};
pub use check::check;
pub use exercises::{Exercise, exercises};
pub use learnt::Opinion;
pub use policy::{Policy, PolicyError, PolicyLine, Stricter, policy_text};
pub use report::{Finding, Place, Report, RuleSet, Verdict};
pub use rewrite::rewrite;
pub use rules::{Register, Rule};

pub(crate) use learnt::{NAMED, features};
pub(crate) use posted::Posted;

pub use crate::reading::PatternError;

/// The shipped rules, in order.
pub fn all_rules() -> &'static [Rule] {
    &rules::rules().all
}
