//! What must be known of a workspace to understand what it hears: its own accounts, its hours, its watches.

use std::collections::HashSet;

use auscult_model::hours::Calendar;
use auscult_model::ids::{ChannelId, WatchId};
use auscult_model::member::Viewer;
use auscult_model::post::{Author, Post};
use auscult_model::workspace::Workspace;
use auscult_store::{Conn, channel, watch, workspace};

use crate::error::AppError;

/// A workspace as listening sees it; read anew for each batch.
#[derive(Debug, Clone)]
pub struct Context {
    /// The workspace.
    pub workspace: Workspace,
    /// Its opening hours.
    pub calendar: Calendar,
    /// The source of the channel that brings the batch, its network unless settled; `api` without a channel.
    pub source: String,
    /// `network:handle` and `network:id` of our own accounts, folded.
    own: HashSet<String>,
    /// The same of staff.
    staff: HashSet<String>,
    /// Watches whose hits open conversations.
    opens: HashSet<WatchId>,
}

impl Context {
    /// Reads it.
    pub async fn read(
        conn: &mut Conn,
        viewer: &Viewer,
        from: Option<ChannelId>,
    ) -> Result<Self, AppError> {
        let workspace = workspace::get(conn, viewer.workspace).await?;
        let calendar = Calendar::of(&workspace.settings)
            .map_err(|error| AppError::broken(error.to_string()))?;
        let mut own: HashSet<String> = workspace
            .settings
            .own_accounts
            .iter()
            .map(|account| account.to_lowercase())
            .collect();
        let mut source = super::webhook::API.to_owned();
        for channel in channel::list(conn, viewer).await? {
            if Some(channel.id) == from {
                source = super::webhook::source_of(&channel);
            }
            for name in [&channel.handle, &channel.external_id]
                .into_iter()
                .flatten()
            {
                own.insert(format!(
                    "{}:{}",
                    channel.network,
                    name.trim_start_matches('@').to_lowercase()
                ));
            }
        }
        let staff = workspace
            .settings
            .staff_accounts
            .iter()
            .map(|account| account.to_lowercase())
            .collect();
        let watches = watch::list(conn, viewer).await?;
        let opens = watches
            .iter()
            .filter(|watch| watch.active && watch.opens_conversations)
            .map(|watch| watch.id)
            .collect();
        Ok(Self {
            workspace,
            calendar,
            source,
            own,
            staff,
            opens,
        })
    }

    /// Whether one of our own accounts wrote it.
    pub fn is_own(&self, post: &Post) -> bool {
        names(post).any(|name| self.own.contains(&name))
    }

    /// Whether somebody on the staff list wrote it.
    pub fn is_staff(&self, post: &Post) -> bool {
        names(post).any(|name| self.staff.contains(&name))
    }

    /// Whether one of these watches opens conversations.
    pub fn opens(&self, matches: &[WatchId]) -> bool {
        matches.iter().any(|id| self.opens.contains(id))
    }
}

fn names(post: &Post) -> impl Iterator<Item = String> + '_ {
    let source = post.source.as_deref().unwrap_or_default();
    let of = |author: &Author| [author.handle.clone(), author.id.clone()];
    let found = post.author.as_ref().map(of).into_iter().flatten().flatten();
    found.map(move |name| format!("{source}:{}", name.to_lowercase()))
}
