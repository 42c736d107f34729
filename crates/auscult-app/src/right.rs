//! Who may do what: one table of rights for roles and duties. Use cases ask it; pages show what it says.

use auscult_model::member::{Duty, Role, Viewer};

use crate::error::AppError;

/// Something a member may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Read the inbox, the archive, the plan and the figures.
    Read,
    /// Write answers and notes, assign, resolve, label.
    Answer,
    /// Approve what others wrote.
    Approve,
    /// Write and schedule pieces.
    Publish,
    /// Make and change watches, lists and sources.
    Listen,
    /// Connect accounts, hold everything that goes out.
    Channels,
    /// Invite members, set roles.
    Members,
    /// Settings of the workspace.
    Settings,
    /// The safety desk.
    Safety,
    /// Override a block of the guard, erase a person.
    Privacy,
    /// Read the audit log and the state of the system.
    Audit,
    /// Take rows out: exports.
    Export,
}

impl Right {
    /// Whether the viewer has it.
    pub fn of(self, viewer: &Viewer) -> bool {
        if viewer.member.is_none() {
            return true;
        }
        let role = viewer.role;
        let leads = matches!(role, Role::Owner | Role::Manager);
        match self {
            Self::Read => true,
            Self::Answer | Self::Publish => {
                leads || matches!(role, Role::Responder | Role::Approver)
            }
            Self::Approve => {
                leads
                    || role == Role::Approver
                    || viewer.duties.contains(&Duty::PrivacyOfficer)
                    || viewer.duties.contains(&Duty::Risk)
            }
            Self::Listen | Self::Channels | Self::Export => leads,
            Self::Members | Self::Settings | Self::Audit => leads,
            Self::Safety => viewer.sees_restricted(),
            Self::Privacy => viewer.duties.contains(&Duty::PrivacyOfficer),
        }
    }

    /// Who can do it, for the words of a refusal.
    pub const fn holders(self) -> &'static str {
        match self {
            Self::Read => "every member",
            Self::Answer | Self::Publish => "responders, approvers, managers and owners",
            Self::Approve => "approvers, managers and owners",
            Self::Listen
            | Self::Channels
            | Self::Export
            | Self::Members
            | Self::Settings
            | Self::Audit => "managers and owners",
            Self::Safety => "members with the safety duty, managers and owners",
            Self::Privacy => "the privacy officer",
        }
    }

    /// Refuses those who do not have it.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], naming who can.
    pub fn demand(self, viewer: &Viewer) -> Result<(), AppError> {
        if self.of(viewer) {
            Ok(())
        } else {
            Err(AppError::Forbidden(format!(
                "this is for {}",
                self.holders()
            )))
        }
    }
}
