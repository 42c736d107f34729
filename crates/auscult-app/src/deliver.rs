//! Delivery: nothing is lost, nothing is sent twice. A lease, an attempt row before the call, a receipt after it; and
//! where the outcome is unknown, a look before any resend (reference: publishing, delivery; faults F2, F3).

use std::time::Duration;

use auscult_connect::contract::{ConnectError, Reconciled, SendError, SendJob};
use auscult_model::channel::Health;
use auscult_model::delivery::{DeliveryLease, LookOutcome, SendOutcome};
use auscult_model::member::Viewer;
use auscult_store::{channel, inbox, outbox, post, workspace};
use auscult_text::guard::Kind;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::channels;
use crate::error::AppError;
use crate::guard::{self, Around};

/// Deliveries worked on side by side.
const AT_ONCE: u32 = 8;
/// The longest pause between two tries.
const LONGEST_PAUSE: i64 = 3_600;

/// Starts delivering.
pub fn start(app: &App) {
    let sending = app.clone();
    app.tasks
        .repeat("deliver", move || send_turn(sending.clone()));
    let looking = app.clone();
    app.tasks
        .repeat("reconcile", move || look_turn(looking.clone()));
}

fn lease(app: &App) -> SignedDuration {
    SignedDuration::from_secs(i64::from(app.settings.deliver.lease_seconds))
}

fn pause_before_look(app: &App) -> SignedDuration {
    SignedDuration::from_secs(i64::from(app.settings.deliver.reconcile_seconds))
}

async fn send_turn(app: App) -> anyhow::Result<Duration> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let claimed = outbox::claim(&mut tx, now, now + lease(&app), AT_ONCE).await?;
    app.commit(tx).await?;
    let busy = !claimed.is_empty();
    for delivery in claimed {
        let app = app.clone();
        app.tasks.clone().spawn(async move {
            if let Err(error) = deliver(&app, &delivery).await {
                tracing::error!(delivery = delivery.delivery.id.0, error = %error, "delivery {} failed on our side; its lease runs out and it is looked for", delivery.delivery.id);
            }
        });
    }
    Ok(if busy {
        Duration::from_millis(20)
    } else {
        Duration::from_millis(300)
    })
}

/// One try: guard again, attempt row, fencing check, call, receipt.
async fn deliver(app: &App, lease: &DeliveryLease) -> Result<(), AppError> {
    let viewer = Viewer::system(lease.workspace);
    let job = job(lease)?;
    if let Some(reason) = stopped(app, &viewer, lease, &job).await? {
        return finish(app, lease, &SendOutcome::Held { reason }).await;
    }
    let (found, cx) =
        channels::context(app, &mut app.read().await?, &viewer, lease.delivery.channel).await?;
    let connector = channels::connector(app, &found.network)?;
    let mut tx = app.begin().await?;
    outbox::start_attempt(
        &mut tx,
        lease,
        &payload_hash(&lease.delivery.payload),
        app.now(),
    )
    .await?;
    app.commit(tx).await?;
    if !outbox::lease_holds(&mut app.read().await?, lease, app.now()).await? {
        return Ok(());
    }
    let result = connector.send(&cx, &job).await;
    let ended = matches!(result, Err(SendError::AccessEnded(_)));
    finish(app, lease, &outcome(app, lease, result)).await?;
    if ended {
        let mut tx = app.begin().await?;
        channel::set_health(
            &mut tx,
            &viewer,
            found.id,
            (
                Health::NeedsPerson,
                "the access has ended; sign in again, the queue is kept",
            ),
            app.now(),
        )
        .await?;
        app.commit(tx).await?;
    }
    Ok(())
}

fn job(lease: &DeliveryLease) -> Result<SendJob, AppError> {
    let stored: SendJob = serde_json::from_str(&lease.delivery.payload).map_err(|error| {
        AppError::broken(format!(
            "payload of delivery {}: {error}",
            lease.delivery.id
        ))
    })?;
    Ok(SendJob {
        delivery: lease.delivery.id.0,
        key: lease.delivery.send_key.clone(),
        ..stored
    })
}

fn payload_hash(payload: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(payload.as_bytes()))
}

/// The guard at the moment of sending: rules or the post may have changed since. A reason holds the delivery.
async fn stopped(
    app: &App,
    viewer: &Viewer,
    lease: &DeliveryLease,
    job: &SendJob,
) -> Result<Option<String>, AppError> {
    let mut conn = app.read().await?;
    let space = workspace::get(&mut conn, lease.workspace).await?;
    let policy = guard::policy(&space)?;
    let (kind, around) = match lease.delivery.conversation {
        Some(id) => {
            let conversation = inbox::get(&mut conn, viewer, id).await?;
            let answered = match conversation.post {
                Some(id) => post::get(&mut conn, viewer, id).await.ok(),
                None => None,
            };
            (
                Kind::Reply,
                Around::answer(
                    &mut conn,
                    viewer,
                    conversation.id,
                    answered.as_ref(),
                    &conversation.source,
                )
                .await?,
            )
        }
        None => (Kind::Post, Around::default()),
    };
    let judged = guard::judge(&policy, &lease.delivery.audience, kind, &job.text, &around);
    let rules: Vec<&str> = judged
        .findings
        .iter()
        .map(|finding| finding.rule.as_str())
        .collect();
    Ok(judged
        .blocks()
        .then(|| format!("the guard stops this text now ({})", rules.join(", "))))
}

fn outcome(
    app: &App,
    lease: &DeliveryLease,
    result: Result<auscult_connect::contract::Sent, SendError>,
) -> SendOutcome {
    let now = app.now();
    match result {
        Ok(sent) => SendOutcome::Sent {
            external_id: sent.external_id,
            url: sent.url,
        },
        Err(SendError::NotNow { at, message }) => SendOutcome::NotNow {
            retry_at: at
                .unwrap_or(now + pause(app, lease.delivery.tries))
                .max(now),
            reason: message,
        },
        Err(SendError::AccessEnded(reason)) => SendOutcome::NotNow {
            retry_at: now + SignedDuration::from_secs(60),
            reason,
        },
        Err(SendError::Refused(reason) | SendError::TargetGone(reason)) => {
            SendOutcome::Refused { reason }
        }
        Err(SendError::Unknown(reason)) => SendOutcome::Unknown {
            check_at: now + SignedDuration::from_secs(1),
            reason,
        },
    }
}

/// Exponential, with jitter, at most an hour.
fn pause(app: &App, tries: i64) -> SignedDuration {
    let seconds = (5_i64 << tries.clamp(0, 10)).min(LONGEST_PAUSE);
    let jitter = i64::try_from(app.entropy.number() % 1_000).unwrap_or(0);
    SignedDuration::from_millis(seconds * 1_000 + jitter * seconds / 2)
}

async fn finish(app: &App, lease: &DeliveryLease, outcome: &SendOutcome) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    outbox::finish(&mut tx, lease, outcome, app.now()).await?;
    app.commit(tx).await
}

/// Leases that ended without a word become unknown; the unknown is looked for; what is late follows its policy.
async fn look_turn(app: App) -> anyhow::Result<Duration> {
    let now = app.now();
    let mut tx = app.begin().await?;
    outbox::sweep_expired(&mut tx, now, now).await?;
    outbox::sweep_late(&mut tx, now).await?;
    let claimed = outbox::claim_looks(&mut tx, now, now + lease(&app), AT_ONCE).await?;
    app.commit(tx).await?;
    for delivery in &claimed {
        let found = look(&app, delivery).await?;
        let mut tx = app.begin().await?;
        outbox::settle(&mut tx, delivery, &found, app.now()).await?;
        app.commit(tx).await?;
    }
    Ok(if claimed.is_empty() {
        Duration::from_millis(1_000)
    } else {
        Duration::from_millis(50)
    })
}

async fn look(app: &App, lease: &DeliveryLease) -> Result<LookOutcome, AppError> {
    let viewer = Viewer::system(lease.workspace);
    let job = job(lease)?;
    let (found, cx) =
        channels::context(app, &mut app.read().await?, &viewer, lease.delivery.channel).await?;
    let connector = channels::connector(app, &found.network)?;
    let again: Timestamp = app.now() + pause_before_look(app);
    Ok(match connector.reconcile(&cx, &job).await {
        Ok(Reconciled::Found(sent)) => LookOutcome::Found {
            external_id: sent.external_id,
            url: sent.url,
        },
        Ok(Reconciled::NotFound) => LookOutcome::NotFound {
            look_again_at: again,
        },
        Ok(Reconciled::Undecided(reason)) => LookOutcome::Undecided { reason },
        Err(ConnectError::Retry { at, message }) => LookOutcome::LookAgain {
            at: at.unwrap_or(again),
            reason: message,
        },
        Err(error) => LookOutcome::LookAgain {
            at: again,
            reason: error.to_string(),
        },
    })
}
