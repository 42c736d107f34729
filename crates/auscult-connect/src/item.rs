//! One item of JSON from outside (webhook, JSON Lines) turned into the canonical post at the door.
//!
//! The canonical names of the watch language and the older names of webhook senders (`type`, `language`, `rating`,
//! `updated_at`, `parent_id` …) are both understood. Workflow fields are set inside the house only, so that no sender
//! can resolve or assign anything; their labels (`tag`, `tags`) are kept. What has no place in a post stays in the raw
//! event.

use std::fmt;

use auscult_model::listen::RawEvent;
use auscult_model::post::{Author, Known, Parent, Post, PostKind};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::contract::InboundPost;
use crate::dates::{self, DateRule};
use crate::html;
use crate::identity;

/// Characters of a text at most; a longer one is no post.
pub const TEXT_MAX: usize = 200_000;
/// Bytes of an id at most.
const ID_MAX: usize = 1_000;

/// How items are read.
#[derive(Debug, Clone)]
pub struct Door {
    /// The source of items that name none.
    pub source: String,
    /// Whether an item without `id` is refused, or named by its address or its content.
    pub ids: Ids,
    /// The zone of times without offset.
    pub zone: TimeZone,
}

/// Where the id of an item comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// The sender gives it.
    Required,
    /// The sender's, else the canonical address, else a digest of source, author, minute and text.
    Derived,
}

/// What an item says.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A post, or a new version of one.
    Post(Box<InboundPost>),
    /// The sender says it is gone.
    Deleted {
        /// Network or feed.
        source: String,
        /// Its id there.
        external_id: String,
        /// When, if it says so.
        at: Option<Timestamp>,
    },
}

/// What is wrong with an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemError {
    /// The field, as a JSON Pointer (`/author/followers`); empty for the item itself.
    pub place: String,
    /// What was expected there.
    pub expected: String,
    /// What mends it.
    pub mend: String,
}

impl fmt::Display for ItemError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.place.is_empty() {
            "the item"
        } else {
            &self.place
        };
        write!(
            formatter,
            "{place}: expected {}; {}",
            self.expected, self.mend
        )
    }
}

impl std::error::Error for ItemError {}

impl ItemError {
    fn new(place: impl Into<String>, expected: &str, mend: &str) -> Self {
        Self {
            place: place.into(),
            expected: expected.to_owned(),
            mend: mend.to_owned(),
        }
    }
}

/// Reads an item.
pub fn read(value: &Value, door: &Door) -> Result<Item, ItemError> {
    let Value::Object(map) = value else {
        return Err(ItemError::new(
            "",
            "a JSON object",
            "write one object for each post",
        ));
    };
    let fields = Fields {
        map,
        at: String::new(),
    };
    let source = fields
        .text(&["source", "network"])?
        .map_or_else(|| door.source.clone(), |name| identity::source(&name));
    let version_at = fields.time(&["updated_at", "edited_at", "deleted_at"], door)?;
    if fields.flag("deleted")? {
        let Some(external_id) = fields.id(&["id", "external_id"])? else {
            return Err(ItemError::new(
                "/id",
                "the id of the post that is gone",
                "name the post by the id it was sent with",
            ));
        };
        return Ok(Item::Deleted {
            source,
            external_id,
            at: version_at,
        });
    }
    let mut inbound = post(&fields, source, door)?;
    inbound.version_at = version_at;
    inbound.version = match fields.id(&["version"])? {
        Some(version) => version,
        None => version_at.map(|at| at.to_string()).unwrap_or_default(),
    };
    inbound.raw = Some(RawEvent {
        bytes: serde_json::to_vec(value).unwrap_or_default(),
        media_type: "application/json".to_owned(),
    });
    Ok(Item::Post(Box::new(inbound)))
}

fn post(fields: &Fields<'_>, source: String, door: &Door) -> Result<InboundPost, ItemError> {
    let words = words(fields)?;
    let stars = stars(fields)?;
    if words.title.is_none() && words.text.is_none() && stars.is_none() {
        return Err(ItemError::new(
            "/text",
            "what the person wrote",
            "give text, title or rating, or deleted: true for a post that is gone",
        ));
    }
    let posted_at = fields.time(&["created_at", "published_at", "date"], door)?;
    let place = fields.child("location")?;
    let mut post = Post {
        source: Some(source),
        site: fields.text(&["site"])?,
        title: words.title,
        text: words.text,
        author: author(fields)?,
        url: fields.web(&["url", "permalink"])?,
        links: words.links,
        lang: fields.text(&["lang", "language"])?,
        created_at: posted_at.map(|at| at.to_string()),
        country: fields.or_child(place.as_ref(), "country")?,
        region: fields.or_child(place.as_ref(), "region")?,
        city: fields.or_child(place.as_ref(), "city")?,
        stars,
        has: has(fields)?,
        parent: parent(fields)?,
        tag: tags(fields)?,
        ..Post::default()
    };
    counts(fields, &mut post)?;
    post.kind = Some(kind(fields, &post)?);
    post.id = id(fields, &post, posted_at, door)?;
    let parent_id = post.parent.as_ref().and_then(|parent| parent.id.clone());
    let thread_root = match fields.id(&["root_id", "thread_id", "thread_root"])? {
        Some(root) => root,
        None => parent_id.unwrap_or_else(|| post.id.clone()),
    };
    Ok(InboundPost {
        post,
        posted_at,
        thread_root,
        ..InboundPost::default()
    })
}

fn id(
    fields: &Fields<'_>,
    post: &Post,
    posted_at: Option<Timestamp>,
    door: &Door,
) -> Result<String, ItemError> {
    match (fields.id(&["id", "external_id"])?, door.ids) {
        (Some(id), _) => Ok(id),
        (None, Ids::Derived) => Ok(identity::derived(post, posted_at)),
        (None, Ids::Required) => Err(ItemError::new(
            "/id",
            "an id that names the post on its source",
            "send the same id again for a new version of the same post",
        )),
    }
}

struct Words {
    title: Option<String>,
    text: Option<String>,
    links: Vec<String>,
}

fn words(fields: &Fields<'_>) -> Result<Words, ItemError> {
    let (title, _) = html::plain_if_markup(fields.text(&["title", "headline"])?);
    let (text, anchors) = html::plain_if_markup(fields.text(&["text", "content", "body"])?);
    let longest = [&title, &text]
        .into_iter()
        .flatten()
        .map(|words| words.chars().count())
        .max();
    if longest.is_some_and(|length| length > TEXT_MAX) {
        return Err(ItemError::new(
            "/text",
            "at most 200,000 characters",
            "send the excerpt and the address",
        ));
    }
    let mut links = fields.list("links")?.unwrap_or_default();
    links.extend(anchors);
    if let Some(text) = &text {
        links.extend(html::addresses(text));
    }
    identity::dedupe(&mut links);
    Ok(Words { title, text, links })
}

fn author(fields: &Fields<'_>) -> Result<Option<Author>, ItemError> {
    if let Some(Value::String(name)) = fields.map.get("author") {
        return Ok(Some(Author {
            name: Some(name.clone()),
            ..Author::default()
        }));
    }
    let Some(child) = fields.child("author")? else {
        return Ok(None);
    };
    let author = Author {
        id: child.id(&["id"])?,
        handle: child
            .text(&["handle", "username"])?
            .map(|handle| handle.trim_start_matches('@').to_owned()),
        name: child.text(&["name", "display_name"])?,
        bio: child.text(&["bio", "description"])?,
        followers: child.number(&["followers", "followers_count"])?,
        verified: child.maybe_flag("verified")?,
    };
    Ok((author != Author::default()).then_some(author))
}

fn parent(fields: &Fields<'_>) -> Result<Option<Parent>, ItemError> {
    if let Some(child) = fields.child("parent")? {
        let author = child.text(&["author", "handle"])?;
        return Ok(Some(Parent {
            id: child.id(&["id"])?,
            text: child.text(&["text"])?,
            author,
        }));
    }
    let id = fields.id(&["parent_id", "in_reply_to", "in_reply_to_id"])?;
    Ok(id.map(|id| Parent {
        id: Some(id),
        ..Parent::default()
    }))
}

fn kind(fields: &Fields<'_>, post: &Post) -> Result<PostKind, ItemError> {
    for name in ["kind", "type"] {
        let Some(text) = fields.text(&[name])? else {
            continue;
        };
        return identity::kind(&text).ok_or_else(|| {
            ItemError::new(
                fields.place(name),
                "post, reply, repost, review, comment or article",
                "use one of these names",
            )
        });
    }
    Ok(match post {
        Post { stars: Some(_), .. } => PostKind::Review,
        Post {
            parent: Some(_), ..
        } => PostKind::Reply,
        _ => PostKind::Post,
    })
}

/// `stars` from 1 to 5, or `rating` with its scale.
fn stars(fields: &Fields<'_>) -> Result<Option<f64>, ItemError> {
    if let Some(stars) = fields.number(&["stars"])? {
        return identity::stars(stars, 5.0).map(Some).ok_or_else(|| {
            ItemError::new(
                fields.place("stars"),
                "a number from 1 to 5",
                "use rating for another scale",
            )
        });
    }
    let (value, scale) = match fields.map.get("rating") {
        Some(Value::Object(map)) => {
            let rating = Fields {
                map,
                at: fields.place("rating"),
            };
            (
                rating.number(&["value"])?,
                rating.number(&["scale", "max"])?,
            )
        }
        _ => (fields.number(&["rating"])?, None),
    };
    let Some(value) = value else { return Ok(None) };
    identity::stars(value, scale.unwrap_or(5.0))
        .map(Some)
        .ok_or_else(|| {
            ItemError::new(
                fields.place("rating"),
                "a value between 0 and its scale",
                "write {\"value\": 4, \"scale\": 5} and name the scale the value was given on",
            )
        })
}

fn has(fields: &Fields<'_>) -> Result<Option<Vec<String>>, ItemError> {
    let mut has = fields.list("has")?;
    let Some(Value::Array(media)) = fields.map.get("media") else {
        return Ok(has);
    };
    let list = has.get_or_insert_default();
    for entry in media.iter().take(100) {
        let media_type = entry
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let word = match media_type.split('/').next() {
            Some("image") if media_type == "image/gif" => "gif",
            Some("image" | "photo") => "image",
            Some("video") => "video",
            Some("audio") => "audio",
            Some("application" | "text") => "document",
            _ => continue,
        };
        if !list.iter().any(|known| known == word) {
            list.push(word.to_owned());
        }
    }
    Ok(has)
}

fn tags(fields: &Fields<'_>) -> Result<Known<Vec<String>>, ItemError> {
    let mut tags = Vec::new();
    for name in ["tag", "tags"] {
        match fields.map.get(name) {
            Some(Value::String(tag)) => tags.push(tag.clone()),
            _ => tags.extend(fields.list(name)?.unwrap_or_default()),
        }
    }
    tags.retain(|tag| !tag.trim().is_empty());
    Ok(if tags.is_empty() {
        Known::Missing
    } else {
        Known::Value(tags)
    })
}

fn counts(fields: &Fields<'_>, post: &mut Post) -> Result<(), ItemError> {
    let metrics = fields.child("metrics")?;
    let count = |names: &[&str]| match fields.number(names)? {
        Some(count) => Ok(Some(count)),
        None => metrics
            .as_ref()
            .map_or(Ok(None), |metrics| metrics.number(names)),
    };
    post.likes = count(&["likes", "favourites", "favorites"])?;
    post.reposts = count(&["reposts", "shares", "boosts"])?;
    post.replies = count(&["replies", "comments"])?;
    post.views = count(&["views", "impressions"])?;
    Ok(())
}

/// The fields of an object, asked for by any of their names.
struct Fields<'a> {
    map: &'a Map<String, Value>,
    at: String,
}

impl<'a> Fields<'a> {
    fn place(&self, name: &str) -> String {
        format!("{}/{name}", self.at)
    }

    /// The first of `names` that is there and not `null`.
    fn find(&self, names: &[&str]) -> Option<(String, &'a Value)> {
        names.iter().find_map(|name| {
            let value = self.map.get(*name).filter(|value| !value.is_null())?;
            Some((self.place(name), value))
        })
    }

    fn text(&self, names: &[&str]) -> Result<Option<String>, ItemError> {
        match self.find(names) {
            None => Ok(None),
            Some((_, Value::String(text))) => {
                let text = html::clean(text);
                Ok((!text.is_empty()).then_some(text))
            }
            Some((place, _)) => Err(ItemError::new(
                place,
                "a text",
                "put it in quotes, or leave the field out",
            )),
        }
    }

    fn id(&self, names: &[&str]) -> Result<Option<String>, ItemError> {
        let Some((place, value)) = self.find(names) else {
            return Ok(None);
        };
        let id = match value {
            Value::String(text) => html::clean(text),
            Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => {
                return Err(ItemError::new(
                    place,
                    "an id",
                    "send ids as texts: long numbers lose their last digits",
                ));
            }
        };
        if id.len() > ID_MAX {
            return Err(ItemError::new(
                place,
                "an id of at most 1,000 bytes",
                "send the id of the post, not its text",
            ));
        }
        Ok((!id.is_empty()).then_some(id))
    }

    fn web(&self, names: &[&str]) -> Result<Option<String>, ItemError> {
        let Some(text) = self.text(names)? else {
            return Ok(None);
        };
        let is_web = text.starts_with("http://") || text.starts_with("https://");
        if is_web && url::Url::parse(&text).is_ok() {
            return Ok(Some(text));
        }
        let place = self.find(names).map(|(place, _)| place).unwrap_or_default();
        Err(ItemError::new(
            place,
            "an address that begins with https://",
            "give the whole address, or leave it out",
        ))
    }

    fn number(&self, names: &[&str]) -> Result<Option<f64>, ItemError> {
        let Some((place, value)) = self.find(names) else {
            return Ok(None);
        };
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        match number.filter(|number: &f64| number.is_finite()) {
            Some(number) => Ok(Some(number)),
            None => Err(ItemError::new(
                place,
                "a number",
                "write digits, or leave the field out",
            )),
        }
    }

    fn maybe_flag(&self, name: &str) -> Result<Option<bool>, ItemError> {
        match self.find(&[name]) {
            None => Ok(None),
            Some((_, Value::Bool(flag))) => Ok(Some(*flag)),
            Some((place, _)) => Err(ItemError::new(
                place,
                "true or false",
                "write it without quotes",
            )),
        }
    }

    fn flag(&self, name: &str) -> Result<bool, ItemError> {
        Ok(self.maybe_flag(name)?.unwrap_or_default())
    }

    fn list(&self, name: &str) -> Result<Option<Vec<String>>, ItemError> {
        match self.find(&[name]) {
            None => Ok(None),
            Some((_, Value::Array(list))) => Ok(Some(
                list.iter()
                    .filter_map(Value::as_str)
                    .map(html::clean)
                    .filter(|text| !text.is_empty())
                    .collect(),
            )),
            Some((place, _)) => Err(ItemError::new(place, "a list of texts", "put it in [ ]")),
        }
    }

    fn child(&self, name: &str) -> Result<Option<Fields<'a>>, ItemError> {
        match self.find(&[name]) {
            None => Ok(None),
            Some((at, Value::Object(map))) => Ok(Some(Fields { map, at })),
            Some((place, _)) => Err(ItemError::new(
                place,
                "an object",
                "put its fields in { }, or leave it out",
            )),
        }
    }

    fn or_child(
        &self,
        child: Option<&Fields<'_>>,
        name: &str,
    ) -> Result<Option<String>, ItemError> {
        match (self.text(&[name])?, child) {
            (Some(text), _) => Ok(Some(text)),
            (None, Some(child)) => child.text(&[name]),
            (None, None) => Ok(None),
        }
    }

    fn time(&self, names: &[&str], door: &Door) -> Result<Option<Timestamp>, ItemError> {
        let Some((place, value)) = self.find(names) else {
            return Ok(None);
        };
        let rule = DateRule {
            zone: door.zone.clone(),
            ..DateRule::default()
        };
        let time = match value {
            Value::String(text) if text.trim().is_empty() => return Ok(None),
            Value::String(text) => dates::parse(text, &rule),
            Value::Number(number) => dates::parse(&number.to_string(), &rule),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        match time {
            Some(time) => Ok(Some(time)),
            None => Err(ItemError::new(
                place,
                "a time such as 2026-11-02T09:14:05Z",
                "write date, time and offset",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn door(ids: Ids) -> Door {
        Door {
            source: "forms".to_owned(),
            ids,
            zone: TimeZone::UTC,
        }
    }

    fn post_of(value: &Value) -> InboundPost {
        match read(value, &door(Ids::Required)).unwrap() {
            Item::Post(post) => *post,
            Item::Deleted { .. } => panic!("a post"),
        }
    }

    #[test]
    fn older_names_become_the_canonical_post() {
        let inbound = post_of(&json!({
            "id": "form-1", "type": "review", "text": "Long wait in radiology", "title": null, "language": "en",
            "created_at": "2026-11-02T09:14:05Z", "url": "https://forms.example/r/123",
            "author": {"id": "anon-9", "handle": null, "display_name": "Visitor", "followers": null, "url": null},
            "rating": {"value": 2, "scale": 10}, "parent_id": null, "thread_id": null,
            "location": {"code": "RIV", "name": "Riverside Main"},
            "media": [{"url": "https://forms.example/m/1.jpg", "type": "image/jpeg", "alt": ""}],
            "metrics": {"likes": 3}, "tags": ["radiology"], "status": "resolved", "deleted": false
        }));
        assert_eq!(inbound.post.kind, Some(PostKind::Review));
        assert_eq!(inbound.post.stars, Some(1.0));
        assert_eq!(inbound.post.lang.as_deref(), Some("en"));
        assert_eq!(inbound.post.likes, Some(3.0));
        assert_eq!(inbound.post.has, Some(vec!["image".to_owned()]));
        assert_eq!(
            inbound.post.author.unwrap().name.as_deref(),
            Some("Visitor")
        );
        assert_eq!(inbound.post.tag.value().unwrap(), &["radiology"]);
        assert!(
            inbound.post.status.is_missing(),
            "a sender cannot resolve anything"
        );
        assert_eq!(inbound.thread_root, "form-1");
    }

    #[test]
    fn markup_becomes_text_and_scripts_vanish() {
        let inbound = post_of(
            &json!({"id": 7, "text": "<p>Kind <b>staff</b></p><script>steal()</script><a href=\"https://x.example/a\">here</a>"}),
        );
        assert_eq!(inbound.post.id, "7");
        assert_eq!(inbound.post.text.as_deref(), Some("Kind staff\n\nhere"));
        assert_eq!(inbound.post.links, ["https://x.example/a"]);
    }

    #[test]
    fn an_error_names_the_field_and_the_mend() {
        let wrong = |value: Value| match read(&value, &door(Ids::Required)) {
            Err(error) => error.place,
            Ok(_) => panic!("accepted {value}"),
        };
        assert_eq!(wrong(json!({"text": "x"})), "/id");
        assert_eq!(wrong(json!({"id": "a"})), "/text");
        assert_eq!(wrong(json!({"id": 1.5, "text": "x"})), "/id");
        assert_eq!(wrong(json!({"id": "a", "text": ["x"]})), "/text");
        assert_eq!(
            wrong(json!({"id": "a", "text": "x", "created_at": "yesterday"})),
            "/created_at"
        );
        assert_eq!(
            wrong(json!({"id": "a", "text": "x", "author": {"followers": "many"}})),
            "/author/followers"
        );
        assert_eq!(
            wrong(json!({"id": "a", "text": "x", "type": "poem"})),
            "/type"
        );
        assert_eq!(
            wrong(json!({"id": "a", "rating": {"value": 9, "scale": 5}})),
            "/rating"
        );
        assert_eq!(
            wrong(json!({"id": "a", "text": "x", "url": "javascript:alert(1)"})),
            "/url"
        );
        assert_eq!(wrong(json!([1])), "");
    }

    #[test]
    fn a_deletion_names_its_post() {
        let item = read(
            &json!({"id": "a", "deleted": true, "updated_at": "2026-11-02T09:00:00Z"}),
            &door(Ids::Required),
        );
        let Ok(Item::Deleted {
            source,
            external_id,
            at,
        }) = item
        else {
            panic!("{item:?}")
        };
        assert_eq!((source.as_str(), external_id.as_str()), ("forms", "a"));
        assert_eq!(at, Some("2026-11-02T09:00:00Z".parse().unwrap()));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[ -~]{0,12}".prop_map(Value::from),
        ];
        let key = prop_oneof![
            Just("id".to_owned()),
            Just("text".to_owned()),
            Just("author".to_owned()),
            Just("rating".to_owned()),
            Just("created_at".to_owned()),
            Just("tags".to_owned()),
            Just("media".to_owned()),
            Just("parent".to_owned()),
            Just("deleted".to_owned()),
            Just("location".to_owned()),
            Just("metrics".to_owned()),
            Just("url".to_owned()),
        ];
        leaf.prop_recursive(3, 24, 8, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(key.clone(), inner, 0..8)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_item_is_read_or_refused_and_never_without_a_name(value in any_json()) {
            for ids in [Ids::Required, Ids::Derived] {
                match read(&value, &door(ids)) {
                    Ok(Item::Post(inbound)) => {
                        prop_assert!(!inbound.post.id.is_empty());
                        prop_assert!(!inbound.thread_root.is_empty());
                        prop_assert!(inbound.post.stars.is_none_or(|stars| (1.0..=5.0).contains(&stars)));
                    }
                    Ok(Item::Deleted { external_id, .. }) => prop_assert!(!external_id.is_empty()),
                    Err(error) => prop_assert!(!error.expected.is_empty() && !error.mend.is_empty()),
                }
            }
        }
    }
}
