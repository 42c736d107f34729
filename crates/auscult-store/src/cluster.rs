//! Clusters of near-duplicates: what a process has to remember of them, and how many posts are in each.
//!
//! A cluster is named after its first post, which itself carries no mark: only those that came later do.

use auscult_model::ids::PostId;
use auscult_model::member::Viewer;
use auscult_model::post::Post;

use crate::arg::args;
use crate::batch::{id_list, json_text, numbers, texts};
use crate::db::Conn;
use crate::error::StoreError;
use crate::post::may_see;

/// A stored text with the cluster it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The post.
    pub id: PostId,
    /// The cluster; a post that is alone has its own.
    pub cluster: String,
    /// Title.
    pub title: Option<String>,
    /// Text.
    pub text: Option<String>,
}

/// The name of the cluster that begins with this post: its source, a space, its id there.
pub fn name(source: &str, external_id: &str) -> String {
    format!("{source} {external_id}")
}

/// The source and the outer id of a cluster's first post.
pub(crate) fn first(name: &str) -> (&str, &str) {
    name.split_once(' ').unwrap_or((name, ""))
}

/// Posts of others stored after `after`, oldest first; the newest `limit` of them.
pub async fn newer(
    conn: &mut Conn,
    viewer: &Viewer,
    after: PostId,
    limit: u32,
) -> Result<Vec<PostId>, StoreError> {
    let rows = conn
        .all(
            "SELECT id FROM post WHERE workspace_id = $1 AND id > $2 ORDER BY id DESC LIMIT $3",
            args![viewer.workspace, after, i64::from(limit)],
        )
        .await?;
    rows.iter().rev().map(|row| row.id("id")).collect()
}

/// The texts of these posts, oldest first; our own and what was removed is left out.
pub async fn told(
    conn: &mut Conn,
    viewer: &Viewer,
    posts: &[PostId],
) -> Result<Vec<Told>, StoreError> {
    let list = numbers(conn.engine(), 2);
    let sql = format!(
        "SELECT id, source, external_id, cluster, body FROM post
         WHERE workspace_id = $1 AND id IN {list} AND own = FALSE AND removed_at IS NULL ORDER BY id"
    );
    let ids = id_list(posts.iter().map(|id| id.0));
    let rows = conn.all(sql, args![viewer.workspace, ids]).await?;
    let mut told = Vec::with_capacity(rows.len());
    for row in &rows {
        let post: Post = row.json("body")?;
        let own = || Ok::<_, StoreError>(name(&row.text("source")?, &row.text("external_id")?));
        told.push(Told {
            id: row.id("id")?,
            cluster: row.opt_text("cluster")?.map_or_else(own, Ok)?,
            title: post.title,
            text: post.text,
        });
    }
    Ok(told)
}

/// How many posts that the viewer may see joined each of these clusters after its first one.
pub async fn joined(
    conn: &mut Conn,
    viewer: &Viewer,
    clusters: &[String],
) -> Result<Vec<(String, i64)>, StoreError> {
    let list = texts(conn.engine(), 2);
    let sql = format!(
        "SELECT p.cluster AS cluster, CAST(count(*) AS BIGINT) AS n FROM post p
         WHERE p.workspace_id = $1 AND p.cluster IN {list} AND p.removed_at IS NULL {} GROUP BY p.cluster",
        may_see(viewer)
    );
    let rows = conn
        .all(sql, args![viewer.workspace, json_text(clusters)?])
        .await?;
    rows.iter()
        .map(|row| Ok((row.text("cluster")?, row.int("n")?)))
        .collect()
}
