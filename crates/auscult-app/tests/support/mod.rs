//! An application over a store of its own, under a clock that stands where the test puts it. It never leaves the machine.
#![cfg(test)]

use std::path::Path;
use std::sync::Arc;

use auscult_app::access::{self, FirstRun};
use auscult_app::app::{App, Parts};
use auscult_app::channels::{Capabilities, Idempotency, TextRule};
use auscult_app::clock::{Clock, ManualClock, SystemEntropy};
use auscult_app::keys::Keys;
use auscult_app::listen::engine::Watches;
use auscult_app::listen::seen::Seen;
use auscult_app::live::Hub;
use auscult_app::settings::Settings;
use auscult_app::tasks::Tasks;
use auscult_connect::egress::Egress;
use auscult_model::channel::NewChannel;
use auscult_model::ids::{ChannelId, WorkspaceId};
use auscult_model::member::{Role, Viewer};
use auscult_model::workspace::WorkspaceSettings;
use auscult_store::{Store, StoreOptions, channel, instance, member, workspace};
use jiff::Timestamp;

/// A house with a workspace, and the clock in it.
pub struct House {
    pub app: App,
    pub clock: Arc<ManualClock>,
    pub workspace: WorkspaceId,
    pub directory: tempfile::TempDir,
}

/// An instant.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// Opens an application on a store file; a second one is a second process.
pub async fn open(file: &Path, clock: &Arc<ManualClock>, node: u16) -> App {
    let options = StoreOptions {
        node,
        hash_key: vec![7; 32],
        ..StoreOptions::default()
    };
    let store = Store::open_sqlite(file, &options).await.expect("a store");
    let present = Arc::clone(clock);
    let egress =
        Egress::new(Vec::new(), "test", Arc::new(move || present.now())).expect("an egress client");
    let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(clock);
    App::new(Parts {
        store,
        clock,
        entropy: Arc::new(SystemEntropy),
        keys: Keys::new(&[9; 32]),
        egress,
        connectors: auscult_connect::connectors(),
        settings: Settings::default(),
        tasks: Tasks::default(),
        live: Hub::default(),
        watches: Watches::default(),
        seen: Seen::default(),
        example: auscult_app::demo::Filling::default(),
    })
}

impl House {
    /// A house whose clock stands at `now`.
    pub async fn new(now: &str, settings: WorkspaceSettings) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let clock = Arc::new(ManualClock::at(at(now)));
        let app = open(&directory.path().join("auscult.db"), &clock, 1).await;
        let mut tx = app.begin().await.expect("a transaction");
        instance::ensure(&mut tx, "Test", app.now())
            .await
            .expect("an instance");
        let workspace = workspace::add(&mut tx, "test", "St Test", &settings, app.now())
            .await
            .expect("a workspace");
        app.commit(tx).await.expect("a commit");
        Self {
            app,
            clock,
            workspace,
            directory,
        }
    }

    /// The same house in a second process.
    pub async fn twin(&self) -> App {
        open(&self.directory.path().join("auscult.db"), &self.clock, 2).await
    }

    /// A member with a role.
    pub async fn member(&self, name: &str, role: Role) -> Viewer {
        let first = FirstRun {
            name: name.to_owned(),
            email: format!("{name}@test.example"),
            password: "quiet-harbour-lantern".to_owned(),
            organisation: String::new(),
        };
        let id = access::add_member(&self.app, self.workspace, first, role, &[])
            .await
            .expect("a member");
        let system = Viewer::system(self.workspace);
        let mut conn = self.app.read().await.expect("a connection");
        member::get(&mut conn, &system, id)
            .await
            .expect("the member")
            .viewer()
    }

    /// A channel that can publish.
    pub async fn channel(&self, network: &str, text: TextRule) -> ChannelId {
        let capabilities = Capabilities {
            reply: true,
            publish: true,
            idempotency: Idempotency::ClientKey,
            text,
            ..Capabilities::default()
        };
        let new = NewChannel {
            network: network.to_owned(),
            name: format!("{network}.example"),
            base_url: format!("https://{network}.example"),
            handle: Some("sttest".to_owned()),
            config: "{}".to_owned(),
            capabilities: serde_json::to_string(&capabilities).expect("capabilities"),
            ..NewChannel::default()
        };
        let mut tx = self.app.begin().await.expect("a transaction");
        let id = channel::add(
            &mut tx,
            &Viewer::system(self.workspace),
            &new,
            self.app.now(),
        )
        .await
        .expect("a channel");
        self.app.commit(tx).await.expect("a commit");
        id
    }
}
