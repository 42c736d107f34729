//! Gives a test body a fresh store on each engine: a file in a directory of its own, a database of its own.

use std::future::Future;

use auscult_model::ids::WorkspaceId;
use auscult_model::member::Viewer;
use auscult_model::workspace::WorkspaceSettings;
use auscult_store::{Store, StoreOptions, workspace};
use jiff::Timestamp;
use sqlx::Connection;

/// The instant at which the invented world of the tests begins.
pub(crate) const START: i64 = 1_780_000_000_000;

/// So many milliseconds after the start.
pub(crate) fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(START + milliseconds).expect("in range")
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test learns from the environment whether there is a PostgreSQL"
)]
fn postgres() -> Option<String> {
    std::env::var("AUSCULT_TEST_POSTGRES")
        .ok()
        .filter(|address| !address.is_empty())
}

/// Where the store of a test lives; a second store can be opened there.
#[derive(Clone)]
pub(crate) enum Place {
    File(std::path::PathBuf),
    Server(String),
}

impl Place {
    pub(crate) async fn open(&self, node: u16) -> Store {
        self.try_open(node).await.expect("the store opens")
    }

    pub(crate) async fn try_open(&self, node: u16) -> Result<Store, auscult_store::StoreError> {
        let options = StoreOptions {
            node,
            hash_key: b"key of the tests".to_vec(),
            readers: 4,
        };
        match self {
            Self::File(path) => Store::open_sqlite(path, &options).await,
            Self::Server(url) => Store::open_postgres(url, &options).await,
        }
    }
}

/// Runs the body on each engine that is here.
pub(crate) fn on_each_engine<B, F>(name: &str, body: B)
where
    B: Fn(Store, Place) -> F,
    F: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("runtime");
    runtime.block_on(async {
        let directory = tempfile::tempdir().expect("a directory");
        let place = Place::File(directory.path().join("auscult.db"));
        let store = place.open(1).await;
        body(store.clone(), place).await;
        store.close().await;
        let Some(server) = postgres() else { return };
        let database = format!("auscult_{name}_{}", std::process::id());
        let mut admin = sqlx::PgConnection::connect(&server)
            .await
            .expect("PostgreSQL answers");
        run(&mut admin, format!("DROP DATABASE IF EXISTS {database}")).await;
        run(&mut admin, format!("CREATE DATABASE {database}")).await;
        let (base, _) = server.rsplit_once('/').expect("an address with a database");
        let place = Place::Server(format!("{base}/{database}"));
        let store = place.open(1).await;
        body(store.clone(), place).await;
        store.close().await;
        run(&mut admin, format!("DROP DATABASE {database} WITH (FORCE)")).await;
    });
}

async fn run(admin: &mut sqlx::PgConnection, sql: String) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(admin)
        .await
        .expect("the server obeys");
}

/// A workspace and the system as its viewer.
pub(crate) async fn workspace(store: &Store, slug: &str) -> (WorkspaceId, Viewer) {
    let mut tx = store.begin().await.expect("begin");
    let id = workspace::add(&mut tx, slug, slug, &WorkspaceSettings::default(), at(0))
        .await
        .expect("added");
    tx.commit().await.expect("commit");
    (id, Viewer::system(id))
}
