//! Live events: a stream of numbers and kinds, and the poll that stands in when it fails.

use std::convert::Infallible;

use auscult_app::app::App;
use auscult_app::live::{self, Missed};
use auscult_app::{inbox, right::Right};
use auscult_model::ids::ConversationId;
use auscult_model::member::Viewer;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::Event;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures_core::Stream;
use serde::Deserialize;

use crate::error::PageError;
use crate::live::{Live, Numbered, Since, since, stream};
use crate::pages::{Signed, Site};

/// The routes of this capability.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/live", get(events))
        .route("/live/poll", get(poll))
}

#[derive(Deserialize)]
struct From {
    since: Option<i64>,
}

async fn events(
    State(site): State<Site>,
    signed: Signed,
    Query(from): Query<From>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let viewer = signed.viewer().clone();
    let start = match since(&headers, from.since) {
        Some(number) => number,
        None => live::last(&site.app, &viewer).await?,
    };
    Ok(stream(following(site.app, viewer, start)).into_response())
}

async fn poll(
    State(site): State<Site>,
    signed: Signed,
    Query(from): Query<From>,
) -> Result<Response, PageError> {
    let number = from.since.unwrap_or(0);
    let (last, events) = next(&site.app, signed.viewer(), number).await?;
    Ok(Json(Since {
        last,
        events: events.into_iter().map(|numbered| numbered.live).collect(),
    })
    .into_response())
}

/// What happened after a number, as the page understands it; after too long a gap everything counts as changed.
async fn next(app: &App, viewer: &Viewer, number: i64) -> Result<(i64, Vec<Numbered>), PageError> {
    match live::since(app, viewer, number).await? {
        Missed::Reload(last) => Ok((
            last,
            vec![Numbered {
                number: last,
                live: Live::Counts,
            }],
        )),
        Missed::Events(events) => {
            let mut said = Vec::new();
            let mut last = number;
            for event in events {
                last = event.number;
                if let Some(live) = words(app, viewer, &event.kind, event.subject).await {
                    said.push(Numbered {
                        number: event.number,
                        live,
                    });
                }
            }
            Ok((last, said))
        }
    }
}

/// A conversation the viewer may not see is not even named by its number.
async fn words(app: &App, viewer: &Viewer, kind: &str, subject: i64) -> Option<Live> {
    let number = async || {
        inbox::number_of(app, viewer, ConversationId(subject))
            .await
            .ok()
    };
    match kind {
        "conversation" => Some(Live::Conversation {
            number: number().await?,
        }),
        "presence" => Some(Live::Presence {
            number: number().await?,
        }),
        "delivery" => {
            match inbox::number_of_delivery(app, viewer, auscult_model::ids::DeliveryId(subject))
                .await
            {
                Ok(Some(number)) => Some(Live::Delivery { number }),
                Ok(None) => Some(Live::Plan),
                Err(_) => None,
            }
        }
        "approval" => Some(Live::Approval),
        "channel" | "feed" => Some(Live::Channel),
        "safety" => Right::Safety.of(viewer).then_some(Live::Safety),
        "plan" | "piece" | "occurrence" | "variant" => Some(Live::Plan),
        _ => Some(Live::Counts),
    }
}

fn following(
    app: App,
    viewer: Viewer,
    start: i64,
) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Event, Infallible>>(64);
    let tasks = app.tasks.clone();
    let stopping = tasks.stopping();
    tasks.spawn(async move {
        let mut number = start;
        loop {
            let Ok((last, events)) = next(&app, &viewer, number).await else {
                return;
            };
            number = last;
            for event in events {
                if sender.send(Ok(event.frame())).await.is_err() {
                    return;
                }
            }
            tokio::select! {
                () = app.live.wait() => {}
                () = sender.closed() => return,
                () = stopping.cancelled() => return,
            }
        }
    });
    Events(receiver)
}

/// A channel's receiving end as a stream.
struct Events(tokio::sync::mpsc::Receiver<Result<Event, Infallible>>);

impl Stream for Events {
    type Item = Result<Event, Infallible>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}
