//! Approvals: a draft beside what it answers, for a second member.

use askama::Template;
use jiff::Timestamp;

use crate::filters;
use crate::said::Said;
use crate::ui::{Audience, Avatar, Badge, Due};
use crate::view::inbox::GuardView;
use crate::view::shell::Shell;

/// The page. Each approval posts `text`, `hash`, `note` to `/approvals/{id}/approve`, `/return` or `/replace`.
#[derive(Debug, Clone, Template)]
#[template(path = "approvals.html")]
pub struct ApprovalsPage {
    /// What stands around it.
    pub shell: Shell,
    /// Asked of this member.
    pub asked: Vec<ApprovalView>,
    /// Asked by this member: their words and how they stand.
    pub own: Vec<OwnApproval>,
}

/// One approval.
#[derive(Debug, Clone)]
pub struct ApprovalView {
    /// Its id.
    pub id: i64,
    /// What it is about.
    pub title: String,
    /// Who reads it once it is out.
    pub audience: Audience,
    /// Where it will be read.
    pub place: String,
    /// Who asks.
    pub by: Avatar,
    /// When it was asked.
    pub at: Timestamp,
    /// Until when it is needed.
    pub due: Option<Due>,
    /// Why a second person is needed.
    pub why: Said,
    /// What it answers, oldest first: who, and their words.
    pub context: Vec<(String, String)>,
    /// The draft's words.
    pub text: String,
    /// The hash the approval is bound to.
    pub hash: String,
    /// What the guard says.
    pub guard: GuardView,
    /// The conversation or the piece.
    pub path: String,
    /// It changed since it was asked: the words as they were.
    pub changed_from: Option<String>,
    /// Why this member cannot approve it.
    pub cannot: Option<Said>,
}

/// An approval this member asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnApproval {
    /// Where it is.
    pub path: String,
    /// What it is about.
    pub title: String,
    /// How it stands.
    pub state: Badge,
    /// What was said to it.
    pub note: Option<String>,
    /// When it was asked.
    pub at: Timestamp,
}
