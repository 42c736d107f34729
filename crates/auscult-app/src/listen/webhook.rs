//! The inbound webhook: a signed body is checked over its raw bytes, read item by item, and taken like everything heard.
//!
//! The token of the address is kept as a hash, the signing secret sealed. A delivery is marked as seen after its items
//! are stored: a process that dies between the two stores nothing twice, because items are named by source and id.

use auscult_connect::webhook::verify::{self, Mode, Request, Verified};
use auscult_connect::webhook::{self as wire, Batch, Header, Intake, Mapping};
pub use auscult_connect::webhook::{ItemRejected, Rejected};
use auscult_model::channel::Channel;
use auscult_model::ids::{ChannelId, WorkspaceId};
use auscult_model::listen::{IngestFrom, IngestResult};
use auscult_model::member::Viewer;
use auscult_model::post::PostKind;
use auscult_store::{channel, import};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::access::slug;
use crate::app::App;
use crate::channels;
use crate::error::AppError;
use crate::keys::token_hash;
use crate::listen::take;

/// The network of channels of this kind.
pub(crate) const NETWORK: &str = "webhook";
/// The source of items that come without a channel.
pub(crate) const API: &str = "api";
/// Bytes of a body at most.
pub const BODY: usize = 1 << 20;

/// What is settled about a webhook; stored as JSON.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Config {
    /// The source of its items, its own in the workspace: ids of two forms never meet.
    pub(crate) source: String,
    /// How senders prove themselves.
    pub(crate) mode: Mode,
    /// The kind of items that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<PostKind>,
    /// Where foreign shapes keep our fields.
    pub(crate) mapping: Mapping,
}

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// Items that were new, newer, or deletions.
    pub accepted: usize,
    /// Items that were known.
    pub duplicates: usize,
    /// Items that were refused, with their place in the body.
    pub rejected: Vec<ItemRejected>,
}

/// Why a delivery was turned away.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// Unsigned, too large, of another media type, or of no use; says which.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// Our side.
    #[error(transparent)]
    App(#[from] AppError),
}

/// Takes a delivery for the webhook behind `token`. An unknown address is answered like a wrong signature.
pub async fn receive(
    app: &App,
    token: &str,
    headers: &[Header<'_>],
    body: &[u8],
) -> Result<Accepted, HookError> {
    let now = app.now();
    let (workspace, channel) = find(app, token).await?;
    let viewer = Viewer::system(workspace);
    let config = config_of(&channel);
    let mut conn = app.read().await?;
    let (_, cx) = channels::context(app, &mut conn, &viewer, channel.id).await?;
    let Verified { delivery, .. } = verify::check(
        config.mode,
        &[cx.account.secret],
        Request { headers, body },
        now,
    )?;
    let batch = wire::read(&intake(&config, &channel), headers, body, now)?;
    if import::was_seen(&mut conn, channel.id, &delivery)
        .await
        .map_err(AppError::from)?
    {
        return Ok(Accepted {
            accepted: 0,
            duplicates: batch.items.len(),
            rejected: batch.rejected,
        });
    }
    drop(conn);
    let accepted = keep(app, workspace, Some(channel.id), batch).await?;
    let mut tx = app.begin().await?;
    import::first_time(&mut tx, channel.id, &delivery, now)
        .await
        .map_err(AppError::from)?;
    app.commit(tx).await?;
    Ok(accepted)
}

/// Takes items that a member's program hands in; the token is the proof.
pub async fn hand_in(
    app: &App,
    viewer: &Viewer,
    headers: &[Header<'_>],
    body: &[u8],
) -> Result<Accepted, HookError> {
    let batch = wire::read(
        &Intake {
            body_max: BODY,
            ..Intake::new(API)
        },
        headers,
        body,
        app.now(),
    )?;
    Ok(keep(app, viewer.workspace, None, batch).await?)
}

/// The hash an address is known by.
pub(crate) fn door(token: &str) -> String {
    data_encoding::HEXLOWER.encode(&token_hash(token))
}

/// The source of the items of a channel: what was settled, else its network.
pub(crate) fn source_of(channel: &Channel) -> String {
    let own = Some(channel)
        .filter(|channel| channel.network == NETWORK)
        .map(|channel| config_of(channel).source);
    own.filter(|source| !source.is_empty())
        .unwrap_or_else(|| channel.network.clone())
}

/// A source named after a webhook that no other channel of the workspace has.
pub(crate) fn free_source(name: &str, taken: &[Channel]) -> String {
    let base = format!("{NETWORK}-{}", slug(name));
    let is_taken = |source: &str| taken.iter().any(|channel| source_of(channel) == source);
    let mut source = base.clone();
    let mut number = 2;
    while is_taken(&source) {
        source = format!("{base}-{number}");
        number += 1;
    }
    source
}

fn config_of(channel: &Channel) -> Config {
    serde_json::from_str(&channel.config).unwrap_or_default()
}

fn intake(config: &Config, channel: &Channel) -> Intake {
    Intake {
        kind: config.kind,
        mapping: config.mapping.clone(),
        zone: TimeZone::UTC,
        body_max: BODY,
        ..Intake::new(source_of(channel))
    }
}

async fn find(app: &App, token: &str) -> Result<(WorkspaceId, Channel), HookError> {
    let found = channel::by_external_id(&mut app.read().await?, NETWORK, &door(token))
        .await
        .map_err(AppError::from)?;
    found
        .filter(|(_, channel)| channel.disabled_at.is_none())
        .ok_or_else(|| {
            Rejected::Unsigned(
                "this address takes nothing; look at the address of the source".to_owned(),
            )
            .into()
        })
}

async fn keep(
    app: &App,
    workspace: WorkspaceId,
    channel: Option<ChannelId>,
    batch: Batch,
) -> Result<Accepted, AppError> {
    let (places, items): (Vec<usize>, Vec<_>) = batch.items.into_iter().unzip();
    let from = IngestFrom {
        channel,
        ..IngestFrom::default()
    };
    let outcome = take(app, workspace, from, items).await?;
    let mut answer = Accepted {
        accepted: 0,
        duplicates: 0,
        rejected: batch.rejected,
    };
    for (index, result) in places.into_iter().zip(outcome.results) {
        match result {
            IngestResult::Stored(_) | IngestResult::Revised(_) | IngestResult::Deleted => {
                answer.accepted += 1
            }
            IngestResult::Known(_) => answer.duplicates += 1,
            IngestResult::Tombstoned => answer.rejected.push(ItemRejected {
                index,
                error: "it was deleted or erased here before and does not come back".to_owned(),
            }),
            IngestResult::Refused(error) => answer.rejected.push(ItemRejected { index, error }),
        }
    }
    answer.rejected.sort_by_key(|item| item.index);
    Ok(answer)
}
