//! Who works here: users, their membership of a workspace, sign-ins, tokens, invitations, and the viewer of a query.

use jiff::Timestamp;

use crate::ids::{InvitationId, MemberId, SessionId, TeamId, TokenId, UserId, WorkspaceId};
use crate::word_enum;

word_enum! {
    /// What a member may do.
    Role {
        /// Everything, members and settings included.
        Owner = "owner",
        /// Everything but owners.
        Manager = "manager",
        /// Answers people.
        Responder = "responder",
        /// Approves answers and pieces.
        Approver = "approver",
        /// Reads.
        Viewer = "viewer",
    }
}

word_enum! {
    /// A duty beside the role.
    Duty {
        /// Privacy officer.
        PrivacyOfficer = "privacy_officer",
        /// Risk.
        Risk = "risk",
        /// Safety desk: sees crisis conversations.
        Safety = "safety",
    }
}

/// On whose behalf a query runs. Every query for people's data takes one; the SQL holds the permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The workspace that is looked at; nothing of another one is ever found.
    pub workspace: WorkspaceId,
    /// The member, or `None` for the system's own jobs.
    pub member: Option<MemberId>,
    /// The member's role.
    pub role: Role,
    /// Duties beside the role.
    pub duties: Vec<Duty>,
    /// Teams of the member.
    pub teams: Vec<TeamId>,
}

impl Viewer {
    /// The system itself in one workspace: jobs, schedules, listening.
    pub fn system(workspace: WorkspaceId) -> Self {
        Self {
            workspace,
            member: None,
            role: Role::Owner,
            duties: Vec::new(),
            teams: Vec::new(),
        }
    }

    /// Whether restricted rows (crisis posts, the safety desk) may be seen.
    pub fn sees_restricted(&self) -> bool {
        self.member.is_none()
            || matches!(self.role, Role::Owner | Role::Manager)
            || self.duties.contains(&Duty::Safety)
    }
}

/// Someone who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Mail address as written.
    pub email: String,
    /// Name as shown.
    pub name: String,
    /// Hash of the password in PHC form; `None` when there is no password yet.
    pub password_hash: Option<String>,
    /// No sign-in any more.
    pub disabled: bool,
    /// Own settings of the pages as JSON (theme, keys, notices).
    pub preferences: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A user in a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The membership's id.
    pub id: MemberId,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The user.
    pub user: UserId,
    /// Mail address of the user.
    pub email: String,
    /// Name of the user.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Duties beside the role.
    pub duties: Vec<Duty>,
    /// Their teams.
    pub teams: Vec<TeamId>,
    /// No longer active here, or not able to sign in.
    pub disabled: bool,
    /// When they joined.
    pub created_at: Timestamp,
}

impl Member {
    /// The viewer that this member is.
    pub fn viewer(&self) -> Viewer {
        Viewer {
            workspace: self.workspace,
            member: Some(self.id),
            role: self.role,
            duties: self.duties.clone(),
            teams: self.teams.clone(),
        }
    }
}

/// A team of members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Its name.
    pub name: String,
}

/// A sign-in. The secret itself is only in the cookie; here lives its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// The workspace looked at last.
    pub workspace: Option<WorkspaceId>,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When it was used last.
    pub seen_at: Timestamp,
    /// Ends here when unused.
    pub idle_until: Timestamp,
    /// Ends here in any case.
    pub ends_at: Timestamp,
    /// Browser and address as told, for the list of sign-ins.
    pub device: String,
}

/// An API token. The secret itself was shown once; here lives its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id.
    pub id: TokenId,
    /// The member it acts for.
    pub member: MemberId,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was used last.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An invitation to a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Who is invited.
    pub email: String,
    /// With which role.
    pub role: Role,
    /// With which duties.
    pub duties: Vec<Duty>,
    /// Who invited.
    pub invited_by: Option<MemberId>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used.
    pub accepted_at: Option<Timestamp>,
}
