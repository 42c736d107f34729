//! Puts the floors together: settings, key, store, egress, connectors, application.

use std::sync::Arc;

use anyhow::Context;
use auscult_app::app::{App, Parts};
use auscult_app::clock::{Clock, Entropy, SystemClock, SystemEntropy};
use auscult_app::keys::Keys;
use auscult_app::listen::engine::Watches;
use auscult_app::listen::seen::Seen;
use auscult_app::live::Hub;
use auscult_app::tasks::Tasks;
use auscult_connect::egress::{Egress, HostPort};
use auscult_store::{Store, StoreOptions};

use crate::settings::{self, Installation};

/// The name of the embedded store in the data directory.
pub(crate) const STORE: &str = "auscult.db";

/// How the program calls itself on the web.
const USER_AGENT: &str = concat!(
    "Auscult/",
    env!("CARGO_PKG_VERSION"),
    " (self-hosted listening for health care)"
);

/// Opens the store of an installation.
pub(crate) async fn store(
    installation: &Installation,
    keys: &Keys,
    entropy: &dyn Entropy,
) -> anyhow::Result<Store> {
    let node = u16::try_from(entropy.number() & 0x0FFF).unwrap_or(0);
    let options = StoreOptions {
        node,
        hash_key: keys.keyed_hash("store", "tombstones").to_vec(),
        ..StoreOptions::default()
    };
    match &installation.settings.store.url {
        Some(url) => Store::open_postgres(url, &options)
            .await
            .context("the PostgreSQL store cannot be opened"),
        None => {
            let file = installation.data.join(STORE);
            Store::open_sqlite(&file, &options)
                .await
                .with_context(|| format!("the store {} cannot be opened", file.display()))
        }
    }
}

/// Opens an installation as an application. No background work runs yet.
pub(crate) async fn open(installation: &Installation) -> anyhow::Result<App> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let keys = Keys::new(&settings::key(&installation.data, entropy.as_ref())?);
    let store = store(installation, &keys, entropy.as_ref()).await?;
    let mut allow: Vec<HostPort> = Vec::new();
    for name in &installation.settings.egress.allow {
        allow.push(
            name.parse()
                .with_context(|| format!("egress.allow: {name:?} is no host:port"))?,
        );
    }
    let present = Arc::clone(&clock);
    let egress = Egress::new(allow, USER_AGENT, Arc::new(move || present.now()))?;
    Ok(App::new(Parts {
        store,
        clock,
        entropy,
        keys,
        egress,
        connectors: auscult_connect::connectors(),
        settings: installation.settings.clone(),
        tasks: Tasks::default(),
        live: Hub::default(),
        watches: Watches::default(),
        seen: Seen::default(),
        example: auscult_app::demo::Filling::default(),
    }))
}
