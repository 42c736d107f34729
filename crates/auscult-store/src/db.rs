//! The seam: one store over two engines. Opens them, hands out [`Conn`] for reading and [`Tx`] for writing.
//!
//! Functions of the other files take `&mut Conn` to read and `&mut Tx` to write; a `Tx` serves as a `Conn`
//! too. Only the app floor opens a `Tx`. A `Tx` that is dropped without [`Tx::commit`] leaves no trace.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use auscult_model::ids::{IdSource, WorkspaceId};
use jiff::Timestamp;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::query::Query;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};

use crate::arg::Arg;
use crate::chain::Pending;
use crate::error::StoreError;
use crate::migrate;
use crate::row::Row;

/// Which engine a store runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file, one node.
    Sqlite,
    /// A server, one node or several.
    Postgres,
}

/// What a store is opened with.
#[derive(Clone)]
pub struct StoreOptions {
    /// The node's number in new ids; processes that share a database need different ones.
    pub node: u16,
    /// Key of the hashes that tombstones are kept as.
    pub hash_key: Vec<u8>,
    /// How many connections read at a time.
    pub readers: u32,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            node: 0,
            hash_key: Vec::new(),
            readers: 4,
        }
    }
}

impl std::fmt::Debug for StoreOptions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("StoreOptions")
            .field("node", &self.node)
            .field("readers", &self.readers)
            .finish_non_exhaustive()
    }
}

/// What every connection of a store shares.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) ids: IdSource,
    pub(crate) hash_key: Vec<u8>,
}

#[derive(Debug, Clone)]
enum Pools {
    Lite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Pg(PgPool),
}

/// The store. Cloning it is cheap; all clones share their connections.
#[derive(Debug, Clone)]
pub struct Store {
    pools: Pools,
    shared: Arc<Shared>,
}

impl Store {
    /// Opens or makes a SQLite file and brings its schema up to date.
    pub async fn open_sqlite(path: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        let file = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .page_size(8192)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(false)
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(400)
            .pragma("secure_delete", "ON")
            .pragma("temp_store", "MEMORY")
            .pragma("journal_size_limit", "67108864");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(file.clone().pragma("cache_size", "-65536"))
            .await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(options.readers.max(1))
            .acquire_timeout(Duration::from_secs(30))
            .connect_lazy_with(
                file.pragma("cache_size", "-32768")
                    .pragma("query_only", "ON"),
            );
        let store = Self::with(Pools::Lite { writer, readers }, options);
        store.refuse_old_sqlite().await?;
        migrate::run(&store).await?;
        Ok(store)
    }

    /// Connects to a PostgreSQL database and brings its schema up to date.
    pub async fn open_postgres(url: &str, options: &StoreOptions) -> Result<Self, StoreError> {
        let address: PgConnectOptions = url.parse().map_err(|_unsaid: sqlx::Error| {
            // What went wrong may repeat the password.
            StoreError::refused("the address of PostgreSQL is not readable: it looks like postgres://name:password@host:5432/database")
        })?;
        let pool = PgPoolOptions::new()
            .max_connections(options.readers.max(1) + 4)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(
                address
                    .statement_cache_capacity(400)
                    .application_name("auscult"),
            )
            .await?;
        let store = Self::with(Pools::Pg(pool), options);
        migrate::run(&store).await?;
        Ok(store)
    }

    fn with(pools: Pools, options: &StoreOptions) -> Self {
        let shared = Shared {
            ids: IdSource::new(options.node),
            hash_key: options.hash_key.clone(),
        };
        Self {
            pools,
            shared: Arc::new(shared),
        }
    }

    /// Which engine it runs on.
    pub fn engine(&self) -> Engine {
        match self.pools {
            Pools::Lite { .. } => Engine::Sqlite,
            Pools::Pg(_) => Engine::Postgres,
        }
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Conn, StoreError> {
        let link = match &self.pools {
            Pools::Lite { readers, .. } => Link::Lite(readers.acquire().await?),
            Pools::Pg(pool) => Link::Pg(pool.acquire().await?),
        };
        Ok(Conn {
            link,
            shared: Arc::clone(&self.shared),
        })
    }

    /// A transaction for writing. On SQLite it waits for its turn: there is one writer.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let link = match &self.pools {
            Pools::Lite { writer, .. } => Link::LiteTx(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Pg(pool) => Link::PgTx(pool.begin().await?),
        };
        Ok(Tx {
            conn: Conn {
                link,
                shared: Arc::clone(&self.shared),
            },
            pending: Pending::default(),
        })
    }

    /// The writing connection outside any transaction, for commands that SQLite refuses inside one.
    pub(crate) async fn command(&self) -> Result<Conn, StoreError> {
        let link = match &self.pools {
            Pools::Lite { writer, .. } => Link::Lite(writer.acquire().await?),
            Pools::Pg(pool) => Link::Pg(pool.acquire().await?),
        };
        Ok(Conn {
            link,
            shared: Arc::clone(&self.shared),
        })
    }

    /// Closes every connection; on SQLite the log is folded into the file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Lite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Pg(pool) => pool.close().await,
        }
    }

    /// The next id; for rows that are named before they are written.
    pub fn next_id(&self, now: Timestamp) -> i64 {
        self.shared.ids.next(now)
    }

    /// SQLite before 3.51.3 can damage its file when two connections write and checkpoint.
    async fn refuse_old_sqlite(&self) -> Result<(), StoreError> {
        let row = self
            .command()
            .await?
            .one("SELECT sqlite_version() AS version", Vec::new())
            .await?;
        let version = row.text("version")?;
        let parts: Vec<u32> = version
            .split('.')
            .filter_map(|part| part.parse().ok())
            .collect();
        if parts.as_slice() < [3, 51, 3].as_slice() {
            return Err(StoreError::Refused(format!(
                "SQLite {version} can damage its file; 3.51.3 or later is needed, build with the bundled one"
            )));
        }
        Ok(())
    }
}

enum Link {
    Lite(PoolConnection<Sqlite>),
    LiteTx(Transaction<'static, Sqlite>),
    Pg(PoolConnection<Postgres>),
    PgTx(Transaction<'static, Postgres>),
}

/// A connection that reads.
pub struct Conn {
    link: Link,
    shared: Arc<Shared>,
}

/// A transaction that writes. Reads through it see what it wrote.
pub struct Tx {
    conn: Conn,
    /// Live events, audit and decision rows: written at the end, because each takes a lock on its workspace's chain.
    pub(crate) pending: Pending,
}

impl std::fmt::Debug for Conn {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Conn")
            .field("engine", &self.engine())
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Tx")
            .field("engine", &self.engine())
            .finish_non_exhaustive()
    }
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

impl Tx {
    /// Makes everything durable, or nothing.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        crate::chain::write_pending(&mut self).await?;
        match self.conn.link {
            Link::LiteTx(transaction) => Ok(transaction.commit().await?),
            Link::PgTx(transaction) => Ok(transaction.commit().await?),
            Link::Lite(_) | Link::Pg(_) => Err(StoreError::Broken(
                "commit outside a transaction".to_owned(),
            )),
        }
    }

    /// Gives everything up. Dropping does the same.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.conn.link {
            Link::LiteTx(transaction) => Ok(transaction.rollback().await?),
            Link::PgTx(transaction) => Ok(transaction.rollback().await?),
            Link::Lite(_) | Link::Pg(_) => Ok(()),
        }
    }

    /// Tells open pages that something changed, once the transaction is durable.
    pub fn live(
        &mut self,
        workspace: WorkspaceId,
        kind: &'static str,
        subject: i64,
        now: Timestamp,
    ) {
        self.pending.live(workspace, kind, subject, now);
    }
}

/// SQL text: written out in the source, or put together from pieces of it.
pub(crate) type Sql = Cow<'static, str>;

impl Conn {
    pub(crate) fn engine(&self) -> Engine {
        match self.link {
            Link::Lite(_) | Link::LiteTx(_) => Engine::Sqlite,
            Link::Pg(_) | Link::PgTx(_) => Engine::Postgres,
        }
    }

    pub(crate) fn next_id(&self, now: Timestamp) -> i64 {
        self.shared.ids.next(now)
    }

    pub(crate) fn hash_key(&self) -> &[u8] {
        &self.shared.hash_key
    }

    /// What makes a claiming sub-select pass over rows that another worker holds.
    pub(crate) fn skip_locked(&self) -> &'static str {
        match self.engine() {
            Engine::Sqlite => "",
            Engine::Postgres => "FOR UPDATE SKIP LOCKED",
        }
    }

    fn split(&mut self) -> Side<'_> {
        match &mut self.link {
            Link::Lite(connection) => Side::Lite(connection),
            Link::LiteTx(transaction) => Side::Lite(transaction),
            Link::Pg(connection) => Side::Pg(connection),
            Link::PgTx(transaction) => Side::Pg(transaction),
        }
    }

    /// Every row.
    pub(crate) async fn all(
        &mut self,
        sql: impl Into<Sql>,
        args: Vec<Arg>,
    ) -> Result<Vec<Row>, StoreError> {
        let sql = sql.into();
        Ok(match self.split() {
            Side::Lite(connection) => {
                let rows = bind_lite(sql, args).fetch_all(connection).await?;
                rows.into_iter().map(Row::Lite).collect()
            }
            Side::Pg(connection) => {
                let rows = bind_pg(sql, args).fetch_all(connection).await?;
                rows.into_iter().map(Row::Pg).collect()
            }
        })
    }

    /// The first row, if there is one.
    pub(crate) async fn first(
        &mut self,
        sql: impl Into<Sql>,
        args: Vec<Arg>,
    ) -> Result<Option<Row>, StoreError> {
        // All rows are read: SQLite hands out RETURNING rows only when the statement is stepped to its end.
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// The one row that must be there.
    pub(crate) async fn one(
        &mut self,
        sql: impl Into<Sql>,
        args: Vec<Arg>,
    ) -> Result<Row, StoreError> {
        self.first(sql, args)
            .await?
            .ok_or_else(|| StoreError::Broken("a row that must exist is missing".to_owned()))
    }

    /// Runs a statement and tells how many rows it touched.
    pub(crate) async fn run(
        &mut self,
        sql: impl Into<Sql>,
        args: Vec<Arg>,
    ) -> Result<u64, StoreError> {
        let sql = sql.into();
        Ok(match self.split() {
            Side::Lite(connection) => bind_lite(sql, args)
                .execute(connection)
                .await?
                .rows_affected(),
            Side::Pg(connection) => bind_pg(sql, args)
                .execute(connection)
                .await?
                .rows_affected(),
        })
    }

    /// Runs statements that cannot be prepared (schema, pragmas).
    pub(crate) async fn script(&mut self, sql: String) -> Result<(), StoreError> {
        match self.split() {
            Side::Lite(connection) => sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(connection)
                .await
                .map(drop)?,
            Side::Pg(connection) => sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(connection)
                .await
                .map(drop)?,
        }
        Ok(())
    }
}

enum Side<'c> {
    Lite(&'c mut SqliteConnection),
    Pg(&'c mut PgConnection),
}

/// Binds the values to the SQL for one engine.
macro_rules! binder {
    ($name:ident, $database:ty, $arguments:ty) => {
        fn $name(sql: Sql, args: Vec<Arg>) -> Query<'static, $database, $arguments> {
            let mut query = match sql {
                Cow::Borrowed(text) => sqlx::query::<$database>(text),
                Cow::Owned(text) => sqlx::query::<$database>(AssertSqlSafe(text)),
            };
            for arg in args {
                query = match arg {
                    Arg::Int(value) => query.bind(value),
                    Arg::Real(value) => query.bind(value),
                    Arg::Bool(value) => query.bind(value),
                    Arg::Text(value) => query.bind(value),
                    Arg::Bytes(value) => query.bind(value),
                };
            }
            query
        }
    };
}

binder!(bind_lite, Sqlite, SqliteArguments);
binder!(bind_pg, Postgres, PgArguments);
