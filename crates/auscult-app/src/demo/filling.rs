//! Filling the example beside the pages: it takes a while, so it is done in the background and says how far it is.

use std::sync::{Arc, Mutex, PoisonError};

use super::seed::{self, Opened, SEED};
use crate::access::{self, SignedIn};
use crate::app::App;
use crate::error::AppError;

/// How far the example is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stand {
    /// So many of its days are told.
    Telling {
        /// Days told.
        done: u32,
        /// Days in all.
        of: u32,
    },
    /// It could not be filled, and why.
    Failed(String),
    /// Whoever asked for it is let in.
    Ready,
    /// Nobody asks for it here, or they are in already.
    Unknown,
}

#[derive(Debug, Default)]
struct Inner {
    ticket: String,
    told: (u32, u32),
    ended: Option<Result<Opened, String>>,
}

/// The one filling of this process.
#[derive(Debug, Clone, Default)]
pub struct Filling(Arc<Mutex<Inner>>);

impl Filling {
    fn change<T>(&self, with: impl FnOnce(&mut Inner) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Says how many days of the story are told.
    pub(super) fn told(&self, done: u32, of: u32) {
        self.change(|inner| inner.told = (done, of));
    }
}

/// Starts to fill an empty installation, and gives the ticket of whoever asked.
///
/// # Errors
///
/// `Conflict` when the installation is in use, or somebody else is having the example filled just now.
pub async fn begin(app: &App) -> Result<String, AppError> {
    if !access::first_run_open(app).await? {
        return Err(AppError::Conflict(
            "this installation is in use; the example needs an empty data directory".to_owned(),
        ));
    }
    let ticket = app.entropy.token();
    let mine = app.example.change(|inner| {
        let free = inner.ticket.is_empty() || matches!(inner.ended, Some(Err(_)));
        if free {
            *inner = Inner {
                ticket: ticket.clone(),
                ..Inner::default()
            };
        }
        free
    });
    if !mine {
        return Err(AppError::Conflict(
            "the example is being filled just now; please wait a moment".to_owned(),
        ));
    }
    let work = app.clone();
    app.tasks.spawn(async move {
        let ended = seed::fill(&work, SEED).await;
        if let Err(error) = &ended {
            tracing::error!("the example could not be filled: {error}");
        }
        let ended = ended.map_err(|error| error.to_string());
        work.example.change(|inner| inner.ended = Some(ended));
    });
    Ok(ticket)
}

/// How far the example is, for whoever holds the ticket.
pub fn stand(app: &App, ticket: &str) -> Stand {
    app.example.change(|inner| {
        if inner.ticket.is_empty() || inner.ticket != ticket {
            return Stand::Unknown;
        }
        match &inner.ended {
            None => Stand::Telling {
                done: inner.told.0,
                of: inner.told.1.max(1),
            },
            Some(Ok(_)) => Stand::Ready,
            Some(Err(why)) => Stand::Failed(why.clone()),
        }
    })
}

/// Lets the holder of the ticket in, once.
///
/// # Errors
///
/// `Conflict` when the ticket is used, unknown, or the example is not ready.
pub async fn enter(app: &App, ticket: &str, device: &access::Device) -> Result<SignedIn, AppError> {
    let opened = app.example.change(|inner| {
        if inner.ticket.is_empty() || inner.ticket != ticket {
            return None;
        }
        let opened = match &inner.ended {
            Some(Ok(opened)) => opened.clone(),
            _ => return None,
        };
        *inner = Inner::default();
        Some(opened)
    });
    let Some(opened) = opened else {
        return Err(AppError::Conflict(
            "the example is there already; please sign in".to_owned(),
        ));
    };
    access::sign_in(app, &opened.email, &opened.password, device).await
}
