//! Taking an answer down from the network, with the proof of it (reference: guard, decision record; what was punished
//! was also that a reply stayed up).

use std::time::Duration;

use auscult_connect::contract::{ConnectError, Connector, Cx, Fetched};
use auscult_model::delivery::{Delivery, DeliveryState};
use auscult_model::ids::DeliveryId;
use auscult_model::member::Viewer;
use auscult_store::decision::{self, NewDecision};
use auscult_store::outbox;

use crate::access::required;
use crate::app::App;
use crate::channels;
use crate::error::AppError;
use crate::right::Right;

/// How often the network is read back; its index may lag.
const LOOKS: u32 = 4;
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(700);

/// What the network said when it was read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// It is no longer there.
    Gone,
    /// It accepted the removal and still showed the answer a moment later.
    StillShown,
    /// It accepted the removal and could not be read.
    Unread,
}

impl Proof {
    /// The word in the record.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::StillShown => "still_shown",
            Self::Unread => "unread",
        }
    }
}

/// Takes an answer down that stands on its network, says so in the conversation and in the decision record, and lets
/// the person wait again.
///
/// # Errors
///
/// [`AppError::Conflict`] when it does not stand there; what the network says when it refuses.
pub async fn take_down(
    app: &App,
    viewer: &Viewer,
    id: DeliveryId,
    why: &str,
) -> Result<Proof, AppError> {
    Right::Answer.demand(viewer)?;
    let why = required("why", why, 500)?;
    let mut conn = app.read().await?;
    let delivery = outbox::get(&mut conn, viewer, id).await?;
    let external_id = standing(&delivery)?;
    let (channel, cx) = channels::context(app, &mut conn, viewer, delivery.channel).await?;
    drop(conn);
    let connector = channels::connector(app, &channel.network)?;
    connector.withdraw(&cx, &external_id).await?;
    let proof = read_back(connector.as_ref(), &cx, &external_id).await;
    let now = app.now();
    let detail =
        serde_json::json!({ "why": why, "external_id": external_id, "read_back": proof.as_str() });
    let mut tx = app.begin().await?;
    outbox::taken_down(&mut tx, viewer, id, proof.as_str(), now).await?;
    let decided = NewDecision {
        kind: "taken_down".to_owned(),
        conversation: delivery.conversation,
        delivery: Some(id),
        text_hash: delivery.text_hash,
        detail: detail.to_string(),
        ..NewDecision::default()
    };
    decision::record(&mut tx, viewer, decided, now);
    app.commit(tx).await?;
    Ok(proof)
}

fn standing(delivery: &Delivery) -> Result<String, AppError> {
    let stands = matches!(
        delivery.state,
        DeliveryState::Sent | DeliveryState::Verified
    );
    let there = delivery.external_id.clone().filter(|_| stands);
    there.ok_or_else(|| {
        AppError::Conflict(
            "this answer does not stand on its network; there is nothing to take down".to_owned(),
        )
    })
}

async fn read_back(connector: &dyn Connector, cx: &Cx, external_id: &str) -> Proof {
    let ids = [external_id.to_owned()];
    let mut proof = Proof::Unread;
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        proof = match connector.fetch(cx, &ids).await {
            Ok(found) if found.iter().all(|one| matches!(one, Fetched::Gone { .. })) => {
                return Proof::Gone;
            }
            Ok(_) => Proof::StillShown,
            // Bluesky says so when the author's store still holds what the index does not show.
            Err(ConnectError::Retry { .. }) => Proof::StillShown,
            Err(error) => {
                tracing::warn!("an answer that was taken down could not be read back: {error}");
                Proof::Unread
            }
        };
    }
    proof
}
