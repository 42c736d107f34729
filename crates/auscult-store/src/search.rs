//! Search: the index proposes posts newest first, filters on columns narrow them, the matcher (not here) decides.
//!
//! SQLite asks FTS5 from the newest row down, in growing chunks. PostgreSQL looks at a window of the newest rows
//! first and only then at the list its GIN index gives: either alone is slow for common or for rare words.

use auscult_model::ids::{PostId, WorkspaceId};
use auscult_model::listen::StoredPost;
use auscult_model::member::Viewer;
use auscult_model::search::{Before, PostFilter, Terms};

use crate::arg::{Arg, args};
use crate::batch::{id_list, json_text, numbers, texts};
use crate::cluster;
use crate::db::{Conn, Engine};
use crate::error::StoreError;
use crate::post;

/// Newest rows looked at before the GIN index is asked.
const WINDOW: i64 = 4_000;
/// The most ids one list of the index gives.
const LIST: i64 = 5_000;
/// The longest word the index holds, in bytes.
const LONGEST_WORD: usize = 200;
/// Characters of words that are no letters or digits are kept as private ones, so that no tokenizer cuts there.
const PRIVATE: u32 = 0xE000;

/// Candidates before a place, newest first, `limit` at most. Fewer than `limit` means there are no more.
pub async fn posts(
    conn: &mut Conn,
    viewer: &Viewer,
    query: (&Terms, &PostFilter),
    before: Before,
    limit: u32,
) -> Result<Vec<StoredPost>, StoreError> {
    let (terms, filter) = query;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if matches!(simplified(terms), Terms::Nothing) {
        return Ok(Vec::new());
    }
    let Some(wanted) = expression(conn.engine(), &simplified(terms)) else {
        return by_columns(conn, viewer, filter, before, limit).await;
    };
    let (mut found, mut floor) = (Vec::new(), before.map_or(i64::MAX, |id| id.0));
    let mut chunk = i64::try_from(limit)
        .unwrap_or(LIST)
        .saturating_mul(4)
        .clamp(50, LIST);
    while found.len() < limit {
        let (ids, next) = match conn.engine() {
            Engine::Sqlite => lite_chunk(conn, viewer.workspace, &wanted, floor, chunk).await?,
            Engine::Postgres => pg_chunk(conn, viewer.workspace, &wanted, floor).await?,
        };
        let missing = limit - found.len();
        found.extend(narrowed(conn, viewer, filter, &ids, missing).await?);
        let Some(next) = next else { break };
        floor = next;
        chunk = (chunk * 4).min(LIST);
    }
    Ok(found)
}

/// Ids below `floor` that contain the words, and where the next chunk starts; `None` at the end.
async fn lite_chunk(
    conn: &mut Conn,
    workspace: WorkspaceId,
    wanted: &str,
    floor: i64,
    chunk: i64,
) -> Result<(Vec<i64>, Option<i64>), StoreError> {
    let wanted = format!("\"{}\" AND ({wanted})", workspace_word(workspace));
    let rows = conn
        .all(
            "SELECT rowid AS id FROM post_search WHERE post_search MATCH $1 AND rowid < $2 ORDER BY rowid DESC LIMIT $3",
            args![wanted, floor, chunk],
        )
        .await?;
    let ids: Vec<i64> = rows
        .iter()
        .map(|row| row.int("id"))
        .collect::<Result<_, _>>()?;
    let full = i64::try_from(ids.len()).unwrap_or(0) >= chunk;
    let next = if full { ids.last().copied() } else { None };
    Ok((ids, next))
}

async fn pg_chunk(
    conn: &mut Conn,
    workspace: WorkspaceId,
    wanted: &str,
    floor: i64,
) -> Result<(Vec<i64>, Option<i64>), StoreError> {
    let rows = conn
        .all(
            "WITH newest AS MATERIALIZED (SELECT id, words FROM post_search WHERE workspace_id = $1 AND id < $3 ORDER BY id DESC LIMIT $4),
             seen AS (SELECT CAST(count(*) AS BIGINT) AS n, min(id) AS lowest FROM newest)
             SELECT newest.id AS id, seen.n AS n, seen.lowest AS lowest FROM seen
             LEFT JOIN newest ON newest.words @@ $2::tsquery ORDER BY newest.id DESC",
            args![workspace, wanted, floor, WINDOW],
        )
        .await?;
    let mut ids = Vec::new();
    let mut lowest = None;
    for row in &rows {
        ids.extend(row.opt_int("id")?);
        lowest = row
            .opt_int("lowest")?
            .filter(|_| row.int("n").unwrap_or(0) >= WINDOW);
    }
    let Some(lowest) = lowest.filter(|_| ids.len() < 50) else {
        return Ok((ids, lowest));
    };
    let rows = conn
        .all(
            "WITH hits AS MATERIALIZED (SELECT id FROM post_search WHERE workspace_id = $1 AND words @@ $2::tsquery)
             SELECT id FROM hits WHERE id < $3 ORDER BY id DESC LIMIT $4",
            args![workspace, wanted, lowest, LIST],
        )
        .await?;
    let below: Vec<i64> = rows
        .iter()
        .map(|row| row.int("id"))
        .collect::<Result<_, _>>()?;
    let next = if i64::try_from(below.len()).unwrap_or(0) >= LIST {
        below.last().copied()
    } else {
        None
    };
    ids.extend(below);
    Ok((ids, next))
}

/// Those of the ids that pass the filters, newest first, `limit` at most.
async fn narrowed(
    conn: &mut Conn,
    viewer: &Viewer,
    filter: &PostFilter,
    ids: &[i64],
    limit: usize,
) -> Result<Vec<StoredPost>, StoreError> {
    let mut found = Vec::new();
    for some in ids.chunks(500) {
        let mut args = args![viewer.workspace];
        let list = bind(&mut args, id_list(some.iter().copied()));
        let list = numbers(conn.engine(), list);
        let filters = conditions(conn.engine(), viewer, filter, &mut args)?;
        let most = bind(
            &mut args,
            i64::try_from(limit - found.len()).unwrap_or(i64::MAX),
        );
        let sql = format!(
            "SELECT {columns} FROM post p WHERE p.workspace_id = $1 AND p.id IN {list} {filters} ORDER BY p.id DESC LIMIT ${most}",
            columns = post::COLUMNS
        );
        found.extend(post::read_all(conn, sql, args).await?);
        if found.len() >= limit {
            break;
        }
    }
    Ok(found)
}

/// Posts by filters alone, newest first. A narrow link table leads when the filter names one.
async fn by_columns(
    conn: &mut Conn,
    viewer: &Viewer,
    filter: &PostFilter,
    before: Before,
    limit: usize,
) -> Result<Vec<StoredPost>, StoreError> {
    let mut args = args![viewer.workspace];
    let floor = bind(&mut args, before.map_or(i64::MAX, |id| id.0));
    let (from, order) = if let Some(watch) = filter.watch {
        let watch = bind(&mut args, watch);
        (
            format!("post_match k JOIN post p ON p.id = k.post_id AND k.watch_id = ${watch}"),
            "k.post_id",
        )
    } else if let Some(subject) = filter.subject {
        let subject = bind(&mut args, subject);
        (
            format!("post_subject k JOIN post p ON p.id = k.post_id AND k.subject_id = ${subject}"),
            "k.post_id",
        )
    } else if let Some(name) = &filter.cluster {
        let (source, first) = cluster::first(name);
        let name = bind(&mut args, name);
        let (source, first) = (bind(&mut args, source), bind(&mut args, first));
        (
            format!(
                "(SELECT id FROM post WHERE workspace_id = $1 AND cluster = ${name} UNION
                  SELECT id FROM post WHERE workspace_id = $1 AND source = ${source} AND external_id = ${first}) k JOIN post p ON p.id = k.id"
            ),
            "k.id",
        )
    } else if let Some(flag) = &filter.flag {
        let flag = bind(&mut args, flag);
        (
            format!(
                "post_flag k JOIN post p ON p.id = k.post_id AND k.workspace_id = $1 AND k.flag = ${flag}"
            ),
            "k.post_id",
        )
    } else {
        ("post p".to_owned(), "p.id")
    };
    let filters = conditions(conn.engine(), viewer, filter, &mut args)?;
    let most = bind(&mut args, i64::try_from(limit).unwrap_or(i64::MAX));
    let sql = format!(
        "SELECT {columns} FROM {from} WHERE p.workspace_id = $1 AND {order} < ${floor} {filters} ORDER BY {order} DESC LIMIT ${most}",
        columns = post::COLUMNS
    );
    post::read_all(conn, sql, args).await
}

/// Adds a bound value and says its number.
pub(crate) fn bind(args: &mut Vec<Arg>, value: impl Into<Arg>) -> u8 {
    args.push(value.into());
    u8::try_from(args.len()).unwrap_or(u8::MAX)
}

/// The filters as SQL beside `p`, each beginning with AND; restricted and removed posts stay out.
pub(crate) fn conditions(
    engine: Engine,
    viewer: &Viewer,
    filter: &PostFilter,
    args: &mut Vec<Arg>,
) -> Result<String, StoreError> {
    let mut sql = String::from("AND p.removed_at IS NULL");
    if !viewer.sees_restricted() {
        sql.push_str(" AND p.restricted = FALSE");
    }
    let lists = [
        ("p.source", &filter.sources),
        ("p.sentiment", &filter.sentiments),
        ("p.intent", &filter.intents),
        ("p.lang", &filter.langs),
        ("p.kind", &filter.kinds),
    ];
    for (column, allowed) in lists {
        if !allowed.is_empty() {
            let number = bind(args, json_text(allowed)?);
            sql.extend([" AND ", column, " IN ", &texts(engine, number)]);
        }
    }
    let exists = |table: &str, column: &str, number: u8| {
        format!(
            " AND EXISTS (SELECT 1 FROM {table} l WHERE l.post_id = p.id AND l.{column} = ${number})"
        )
    };
    if let Some(watch) = filter.watch {
        sql.push_str(&exists("post_match", "watch_id", bind(args, watch)));
    }
    if let Some(subject) = filter.subject {
        sql.push_str(&exists("post_subject", "subject_id", bind(args, subject)));
    }
    if let Some(topic) = &filter.topic {
        sql.push_str(&exists("post_topic", "topic", bind(args, topic)));
    }
    if let Some(flag) = &filter.flag {
        sql.push_str(&exists("post_flag", "flag", bind(args, flag)));
    }
    let mut compare = |column: &str, sign: &str, value: Option<Arg>| {
        if let Some(value) = value {
            args.push(value);
            sql.extend([" AND ", column, " ", sign, " $", &args.len().to_string()]);
        }
    };
    compare("p.channel_id", "=", filter.channel.map(Arg::from));
    compare("p.salience", ">=", filter.salience_from.map(Arg::from));
    compare("p.posted_at", ">=", filter.from.map(Arg::from));
    compare("p.posted_at", "<", filter.to.map(Arg::from));
    compare("p.stars", "<=", filter.stars_to.map(Arg::from));
    if filter.about_us {
        sql.push_str(
            " AND (p.conversation_id IS NOT NULL OR EXISTS (SELECT 1 FROM post_subject l WHERE l.post_id = p.id))",
        );
    }
    if let Some(name) = &filter.cluster {
        let (source, first) = cluster::first(name);
        let name = bind(args, name);
        let (source, first) = (bind(args, source), bind(args, first));
        sql.push_str(&format!(
            " AND (p.cluster = ${name} OR (p.source = ${source} AND p.external_id = ${first}))"
        ));
    }
    if filter.others_only {
        sql.push_str(" AND p.own = FALSE");
    }
    Ok(sql)
}

/// The word that every search row of a workspace holds on SQLite: its index never looks into another's rows.
pub(crate) fn workspace_word(workspace: WorkspaceId) -> String {
    format!("\u{F8FF}{}", workspace.0)
}

/// A folded word as the index holds it; `None` when nothing is left of it.
pub(crate) fn word_in_index(word: &str) -> Option<String> {
    let mut kept = String::with_capacity(word.len());
    for character in word.chars() {
        let character = match character {
            '\0' => continue,
            _ if character.is_ascii_alphanumeric() => character.to_ascii_lowercase(),
            _ if character.is_ascii() => {
                char::from_u32(PRIVATE + u32::from(character)).unwrap_or(character)
            }
            _ => character,
        };
        if kept.len() + character.len_utf8() > LONGEST_WORD {
            break;
        }
        kept.push(character);
    }
    (!kept.is_empty()).then_some(kept)
}

/// Terms without parts that say nothing: `Any` swallows an "or", drops out of an "and".
fn simplified(terms: &Terms) -> Terms {
    match terms {
        Terms::Any => Terms::Any,
        Terms::Nothing => Terms::Nothing,
        Terms::Word(word) => word_in_index(word).map_or(Terms::Any, Terms::Word),
        Terms::Prefix(start) => word_in_index(start).map_or(Terms::Any, Terms::Prefix),
        Terms::All(parts) => {
            let parts: Vec<Terms> = parts
                .iter()
                .map(simplified)
                .filter(|part| *part != Terms::Any)
                .collect();
            if parts.contains(&Terms::Nothing) {
                return Terms::Nothing;
            }
            if parts.is_empty() {
                Terms::Any
            } else {
                Terms::All(parts)
            }
        }
        Terms::OneOf(parts) => {
            let parts: Vec<Terms> = parts
                .iter()
                .map(simplified)
                .filter(|part| *part != Terms::Nothing)
                .collect();
            if parts.contains(&Terms::Any) {
                return Terms::Any;
            }
            if parts.is_empty() {
                Terms::Nothing
            } else {
                Terms::OneOf(parts)
            }
        }
    }
}

/// The terms in the index's own language; `None` when every post is a candidate. Takes simplified terms.
fn expression(engine: Engine, terms: &Terms) -> Option<String> {
    let join = |parts: &[Terms], lite: &str, pg: &str| {
        let parts: Vec<String> = parts
            .iter()
            .filter_map(|part| expression(engine, part))
            .collect();
        let between = match engine {
            Engine::Sqlite => lite,
            Engine::Postgres => pg,
        };
        format!("({})", parts.join(between))
    };
    Some(match (engine, terms) {
        (_, Terms::Any | Terms::Nothing) => return None,
        // A word holds letters, digits and characters outside ASCII only: nothing to escape.
        (Engine::Sqlite, Terms::Word(word)) => format!("\"{word}\""),
        (Engine::Sqlite, Terms::Prefix(start)) => format!("\"{start}\" *"),
        (Engine::Postgres, Terms::Word(word)) => format!("'{word}'"),
        (Engine::Postgres, Terms::Prefix(start)) => format!("'{start}':*"),
        (_, Terms::All(parts)) => join(parts, " AND ", " & "),
        (_, Terms::OneOf(parts)) => join(parts, " OR ", " | "),
    })
}

/// Whether the index holds a post; for checks that index and posts agree.
pub async fn indexed(conn: &mut Conn, post: PostId) -> Result<bool, StoreError> {
    let sql = match conn.engine() {
        Engine::Sqlite => "SELECT rowid AS id FROM post_search WHERE rowid = $1",
        Engine::Postgres => "SELECT id FROM post_search WHERE id = $1",
    };
    Ok(conn.first(sql, args![post]).await?.is_some())
}
