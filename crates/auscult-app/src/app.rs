//! The application: built once at start, cloned cheaply. Everything that outlives a call hangs on it.

use std::ops::Deref;
use std::sync::Arc;

use auscult_connect::Registry;
use auscult_connect::contract::Now;
use auscult_connect::egress::Egress;
use auscult_store::{Conn, Store, Tx};
use jiff::Timestamp;

use crate::clock::{Clock, Entropy};
use crate::demo::Filling;
use crate::error::AppError;
use crate::keys::Keys;
use crate::listen::engine::Watches;
use crate::listen::seen::Seen;
use crate::live::Hub;
use crate::settings::Settings;
use crate::tasks::Tasks;

/// The application.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What the application is made of.
pub struct Parts {
    /// The store.
    pub store: Store,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// Secrets at rest.
    pub keys: Keys,
    /// The one way out.
    pub egress: Egress,
    /// The networks.
    pub connectors: Registry,
    /// Settings of the installation.
    pub settings: Settings,
    /// Every task of this process.
    pub tasks: Tasks,
    /// Live events.
    pub live: Hub,
    /// The compiled watches of all workspaces.
    pub watches: Watches,
    /// What was said before, for near-duplicates.
    pub seen: Seen,
    /// The example, while it is being filled.
    pub example: Filling,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The same application under another clock: the demo walks through the past with it.
    #[must_use]
    pub fn at(&self, clock: Arc<dyn Clock>) -> Self {
        let parts = &self.0;
        Self::new(Parts {
            store: parts.store.clone(),
            clock,
            entropy: Arc::clone(&parts.entropy),
            keys: parts.keys.clone(),
            egress: parts.egress.clone(),
            connectors: parts.connectors.clone(),
            settings: parts.settings.clone(),
            tasks: parts.tasks.clone(),
            live: parts.live.clone(),
            watches: parts.watches.clone(),
            seen: parts.seen.clone(),
            example: parts.example.clone(),
        })
    }

    /// The present.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The present, as connectors take it.
    pub fn now_for_connectors(&self) -> Now {
        let clock = Arc::clone(&self.0.clock);
        Arc::new(move || clock.now())
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Conn, AppError> {
        Ok(self.0.store.read().await?)
    }

    /// A transaction for writing.
    pub async fn begin(&self) -> Result<Tx, AppError> {
        Ok(self.0.store.begin().await?)
    }

    /// Makes a transaction durable and wakes the pages that wait for news.
    pub async fn commit(&self, tx: Tx) -> Result<(), AppError> {
        tx.commit().await?;
        self.0.live.wake();
        Ok(())
    }
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("App")
            .field("store", &self.0.store)
            .finish_non_exhaustive()
    }
}
