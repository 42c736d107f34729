//! Items at the door: checked, cleaned, named by their key, and put into the shape of their row.

use std::collections::{HashMap, HashSet};

use auscult_model::listen::{IngestFrom, IngestItem, IngestResult, NewPost};
use auscult_model::member::Viewer;
use auscult_model::post::PostKind;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::remove::{Deletion, tombstone_hash};
use super::{Existing, set};
use crate::arg::{args, without_nul};
use crate::batch::{json_rows, json_text, rows};
use crate::db::Tx;
use crate::error::StoreError;

/// The longest text of one post, in bytes; longer ones are refused with a reason.
const LONGEST_TEXT: usize = 1 << 20;
/// The longest name of a post on its source, in bytes.
const LONGEST_NAME: usize = 2_048;

/// What names a post in a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) source: String,
    pub(crate) external_id: String,
}

/// A post that passed the door.
pub(crate) struct Arrival<'a> {
    pub(crate) place: usize,
    pub(crate) new: &'a NewPost,
    pub(crate) key: Key,
    pub(crate) tombstone: String,
    pub(crate) content_hash: i64,
    pub(crate) body: String,
}

/// A version of a post that is not the shown one.
#[derive(Debug, Serialize)]
pub(crate) struct RevisionRow {
    post_id: i64,
    version_at: i64,
    content_hash: i64,
    title: Option<String>,
    text: Option<String>,
    heard_at: i64,
}

impl Arrival<'_> {
    pub(crate) fn version_ms(&self) -> i64 {
        self.new.version_at.as_millisecond()
    }

    /// Which of two versions is shown: the later one; of one instant, the one with the greater hash.
    pub(crate) fn rank(&self) -> (i64, i64) {
        (self.version_ms(), self.content_hash)
    }

    /// The name of this version for the raw event: the provider's, or one made of the contents.
    pub(crate) fn version_name(&self) -> String {
        if self.new.version.is_empty() {
            format!("{:016x}", self.content_hash)
        } else {
            self.new.version.clone()
        }
    }

    pub(crate) fn as_revision(&self, post_id: i64, now: Timestamp) -> RevisionRow {
        RevisionRow {
            post_id,
            version_at: self.version_ms(),
            content_hash: self.content_hash,
            title: self.new.post.title.clone(),
            text: self.new.post.text.clone(),
            heard_at: now.as_millisecond(),
        }
    }
}

impl Existing {
    pub(crate) fn rank(&self) -> (i64, i64) {
        (self.version_at, self.content_hash)
    }

    /// What is shown now, on its way into the history.
    pub(crate) fn as_revision(&self) -> RevisionRow {
        let body: auscult_model::post::Post = serde_json::from_str(&self.body).unwrap_or_default();
        RevisionRow {
            post_id: self.id,
            version_at: self.version_at,
            content_hash: self.content_hash,
            title: body.title,
            text: body.text,
            heard_at: self.heard_at,
        }
    }
}

/// Separates posts from deletions; what cannot be stored gets its reason.
pub(crate) fn sort_out<'a>(
    viewer: &Viewer,
    hash_key: &[u8],
    items: &'a [IngestItem],
    results: &mut [Option<IngestResult>],
) -> Result<(Vec<Arrival<'a>>, Vec<Deletion>), StoreError> {
    let (mut arrivals, mut deletions) = (Vec::with_capacity(items.len()), Vec::new());
    for (place, item) in items.iter().enumerate() {
        match item {
            IngestItem::Deleted {
                source,
                external_id,
                at,
            } => {
                let key = Key {
                    source: clean(source),
                    external_id: clean(external_id),
                };
                let hash = tombstone_hash(hash_key, viewer.workspace, &key);
                deletions.push(Deletion { key, hash, at: *at });
                set(results, place, IngestResult::Deleted);
            }
            IngestItem::Post(new) => match fault(new) {
                Some(reason) => set(results, place, IngestResult::Refused(reason)),
                None => arrivals.push(arrive(viewer, hash_key, place, new)?),
            },
        }
    }
    Ok((arrivals, deletions))
}

fn clean(text: &str) -> String {
    without_nul(text).into_owned()
}

/// Why a post cannot be stored.
fn fault(new: &NewPost) -> Option<String> {
    let post = &new.post;
    if post.id.is_empty() {
        return Some("id: the post has no name on its source".to_owned());
    }
    if post.id.len() > LONGEST_NAME || new.thread_root.len() > LONGEST_NAME {
        return Some(format!(
            "id: names of posts and threads have {LONGEST_NAME} bytes at most"
        ));
    }
    if post.source.as_deref().unwrap_or_default().is_empty() {
        return Some("source: the network or feed is missing".to_owned());
    }
    let length =
        post.text.as_deref().map_or(0, str::len) + post.title.as_deref().map_or(0, str::len);
    if length > LONGEST_TEXT {
        return Some(format!(
            "text: {length} bytes are too many, {LONGEST_TEXT} fit"
        ));
    }
    None
}

fn arrive<'a>(
    viewer: &Viewer,
    hash_key: &[u8],
    place: usize,
    new: &'a NewPost,
) -> Result<Arrival<'a>, StoreError> {
    let source = clean(new.post.source.as_deref().unwrap_or_default());
    let key = Key {
        source,
        external_id: clean(&new.post.id),
    };
    let tombstone = tombstone_hash(hash_key, viewer.workspace, &key);
    let content_hash = content_hash(new);
    Ok(Arrival {
        place,
        new,
        key,
        tombstone,
        content_hash,
        body: json_text(&new.post)?,
    })
}

/// Tells two versions with the same time apart, in the same way whatever came first.
fn content_hash(new: &NewPost) -> i64 {
    let mut hasher = Sha256::new();
    hasher.update(new.post.title.as_deref().unwrap_or_default().as_bytes());
    hasher.update([0]);
    hasher.update(new.post.text.as_deref().unwrap_or_default().as_bytes());
    let digest = hasher.finalize();
    let first: [u8; 8] = digest.first_chunk().copied().unwrap_or_default();
    i64::from_be_bytes(first)
}

/// The versions of one post within a batch.
pub(crate) struct Versions<'a> {
    pub(crate) newest: &'a Arrival<'a>,
    pub(crate) older: Vec<&'a Arrival<'a>>,
}

/// Puts the versions of each post together, in the order of the keys so that two batches lock alike.
pub(crate) fn group<'a>(arrivals: &'a [Arrival<'a>]) -> Vec<Versions<'a>> {
    let mut by_key: HashMap<&Key, Versions<'a>> = HashMap::with_capacity(arrivals.len());
    for arrival in arrivals {
        match by_key.entry(&arrival.key) {
            std::collections::hash_map::Entry::Vacant(empty) => {
                empty.insert(Versions {
                    newest: arrival,
                    older: Vec::new(),
                });
            }
            std::collections::hash_map::Entry::Occupied(mut taken) => {
                let versions = taken.get_mut();
                if arrival.rank() > versions.newest.rank() {
                    versions
                        .older
                        .push(std::mem::replace(&mut versions.newest, arrival));
                } else {
                    versions.older.push(arrival);
                }
            }
        }
    }
    let mut groups: Vec<Versions<'a>> = by_key.into_values().collect();
    groups.sort_by(|one, two| one.newest.key.cmp(&two.newest.key));
    groups
}

/// A key as a row of a batch.
#[derive(Debug, Serialize)]
pub(crate) struct KeyRow<'a> {
    pub(crate) source: &'a str,
    pub(crate) external_id: &'a str,
}

/// A row of `post`.
#[derive(Debug, Serialize)]
pub(crate) struct PostRow<'a> {
    pub(crate) id: i64,
    workspace_id: i64,
    source: &'a str,
    external_id: &'a str,
    kind: &'static str,
    body: &'a str,
    author_id: Option<&'a str>,
    author_handle: Option<&'a str>,
    parent_external_id: Option<&'a str>,
    thread_root: &'a str,
    reply_to: &'a str,
    channel_id: Option<i64>,
    import_id: Option<i64>,
    posted_at: i64,
    heard_at: i64,
    version_at: i64,
    content_hash: i64,
    lang: &'a str,
    sentiment: &'a str,
    intent: &'a str,
    urgency: u8,
    salience: u8,
    polarity: f64,
    stars: Option<f64>,
    findings: &'a str,
    rules: &'a str,
    cluster: Option<&'a str>,
    own: bool,
    staff: bool,
    restricted: bool,
}

pub(crate) const POST_COLUMNS: &str = "id bigint, workspace_id bigint, source text, external_id text, kind text, body text, \
  author_id text, author_handle text, parent_external_id text, thread_root text, reply_to text, channel_id bigint, import_id bigint, \
  posted_at bigint, heard_at bigint, version_at bigint, content_hash bigint, lang text, sentiment text, intent text, \
  urgency bigint, salience bigint, polarity double precision, stars double precision, findings text, rules text, \
  cluster text, own boolean, staff boolean, restricted boolean";

const POST_NAMES: &str = "id, workspace_id, source, external_id, kind, body, author_id, author_handle, parent_external_id, \
  thread_root, reply_to, channel_id, import_id, posted_at, heard_at, version_at, content_hash, lang, sentiment, intent, urgency, \
  salience, polarity, stars, findings, rules, cluster, own, staff, restricted";

impl<'a> PostRow<'a> {
    pub(crate) fn new(
        id: i64,
        viewer: &Viewer,
        from: &IngestFrom,
        arrival: &'a Arrival<'a>,
        now: Timestamp,
    ) -> Self {
        let (new, post, findings) = (arrival.new, &arrival.new.post, &arrival.new.findings);
        let author = post.author.as_ref();
        let handle = author.and_then(|author| author.handle.as_deref());
        let thread_root = if new.thread_root.is_empty() {
            &post.id
        } else {
            &new.thread_root
        };
        Self {
            id,
            workspace_id: viewer.workspace.0,
            source: &arrival.key.source,
            external_id: &arrival.key.external_id,
            kind: post.kind.unwrap_or(PostKind::Post).as_str(),
            body: &arrival.body,
            author_id: author.and_then(|author| author.id.as_deref()).or(handle),
            author_handle: handle,
            parent_external_id: post.parent.as_ref().and_then(|parent| parent.id.as_deref()),
            thread_root,
            reply_to: &new.reply_to,
            channel_id: from.channel.map(|id| id.0),
            import_id: from.import.map(|id| id.0),
            posted_at: new.posted_at.as_millisecond(),
            heard_at: now.as_millisecond(),
            version_at: arrival.version_ms(),
            content_hash: arrival.content_hash,
            lang: &findings.lang,
            sentiment: &findings.sentiment,
            intent: &findings.intent,
            urgency: findings.urgency,
            salience: findings.salience,
            polarity: finite(findings.polarity),
            stars: post.stars.filter(|stars| stars.is_finite()),
            findings: &findings.json,
            rules: &findings.rules,
            cluster: new.cluster.as_deref(),
            own: new.own,
            staff: new.staff,
            restricted: new.restricted,
        }
    }

    pub(crate) fn key(&self) -> KeyRow<'_> {
        KeyRow {
            source: self.source,
            external_id: self.external_id,
        }
    }
}

/// A number that JSON can carry.
pub(crate) fn finite(number: f64) -> f64 {
    if number.is_finite() { number } else { 0.0 }
}

/// Inserts posts that are not there yet, and says which these are.
pub(crate) async fn insert_posts(
    tx: &mut Tx,
    posts: &[PostRow<'_>],
) -> Result<HashSet<i64>, StoreError> {
    let sql = format!(
        "INSERT INTO post ({POST_NAMES}) SELECT {POST_NAMES} FROM {} WHERE true
         ON CONFLICT (workspace_id, source, external_id) DO NOTHING RETURNING id",
        rows(tx.engine(), 1, POST_COLUMNS)
    );
    let stored = tx.all(sql, args![json_rows(posts)?]).await?;
    stored.iter().map(|row| row.int("id")).collect()
}
