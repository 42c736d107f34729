//! A post read from JSON without copying: what is missing or of the wrong type is missing
//! (docs/specs/watch-language.md, 1).

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use std::borrow::Cow;
use std::fmt;

use auscult_model::post::Known;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::post::{AuthorView, ParentView, PostView, Strings};

/// A post that borrows from the line it was read from. Only `id` is required.
#[derive(Debug, Default, serde::Deserialize)]
pub struct LeanPost<'a> {
    #[serde(borrow)]
    pub(super) id: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) source: Text<'a>,
    #[serde(borrow, default)]
    pub(super) site: Text<'a>,
    #[serde(borrow, default)]
    pub(super) kind: Text<'a>,
    #[serde(borrow, default)]
    pub(super) title: Text<'a>,
    #[serde(borrow, default)]
    pub(super) text: Text<'a>,
    #[serde(borrow, default)]
    pub(super) author: Object<Author<'a>>,
    #[serde(borrow, default)]
    pub(super) url: Text<'a>,
    #[serde(borrow, default)]
    pub(super) links: Texts<'a>,
    #[serde(borrow, default)]
    pub(super) lang: Text<'a>,
    #[serde(borrow, default)]
    pub(super) created_at: Text<'a>,
    #[serde(borrow, default)]
    pub(super) country: Text<'a>,
    #[serde(borrow, default)]
    pub(super) region: Text<'a>,
    #[serde(borrow, default)]
    pub(super) city: Text<'a>,
    #[serde(default)]
    pub(super) stars: Number,
    #[serde(default)]
    pub(super) likes: Number,
    #[serde(default)]
    pub(super) reposts: Number,
    #[serde(default)]
    pub(super) replies: Number,
    #[serde(default)]
    pub(super) views: Number,
    #[serde(borrow, default)]
    pub(super) has: Texts<'a>,
    #[serde(borrow, default)]
    pub(super) parent: Object<Parent<'a>>,
    #[serde(borrow, default)]
    pub(super) sentiment: Workflow<'a>,
    #[serde(borrow, default)]
    pub(super) intent: Workflow<'a>,
    #[serde(borrow, default)]
    pub(super) urgency: Workflow<'a>,
    #[serde(borrow, default)]
    pub(super) status: Workflow<'a>,
    #[serde(borrow, default)]
    pub(super) assignee: Workflow<'a>,
    #[serde(borrow, default)]
    pub(super) team: Workflow<'a>,
    #[serde(borrow, default)]
    pub(super) topic: Workflow<'a>,
    #[serde(borrow, default)]
    pub(super) tag: Workflow<'a>,
}

#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Author<'a> {
    #[serde(borrow, default)]
    handle: Text<'a>,
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default)]
    bio: Text<'a>,
    #[serde(default)]
    followers: Number,
    #[serde(default)]
    verified: Flag,
}

#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Parent<'a> {
    #[serde(borrow, default)]
    id: Text<'a>,
    #[serde(borrow, default)]
    text: Text<'a>,
    #[serde(borrow, default)]
    author: Text<'a>,
}

impl<'a> LeanPost<'a> {
    /// Reads one row.
    pub fn read(row: &'a str) -> Result<Self, serde_json::Error> {
        match super::row::read(row) {
            Some(post) => Ok(post),
            None => serde_json::from_str(row),
        }
    }

    /// The unique name of the post.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The post as the matcher sees it.
    pub fn view(&'a self) -> PostView<'a> {
        let author = self
            .author
            .0
            .as_ref()
            .map_or_else(AuthorView::default, |author| AuthorView {
                handle: author.handle.get(),
                name: author.name.get(),
                bio: author.bio.get(),
                followers: author.followers.0,
                verified: author.verified.0,
            });
        PostView {
            id: &self.id,
            source: self.source.get(),
            site: self.site.get(),
            kind: self.kind.get(),
            title: self.title.get(),
            text: self.text.get(),
            author,
            url: self.url.get(),
            links: self
                .links
                .0
                .as_deref()
                .map(Strings::Borrowed)
                .unwrap_or_default(),
            lang: self.lang.get(),
            created_at: self.created_at.get(),
            country: self.country.get(),
            region: self.region.get(),
            city: self.city.get(),
            stars: self.stars.0,
            likes: self.likes.0,
            reposts: self.reposts.0,
            replies: self.replies.0,
            views: self.views.0,
            has: self.has.0.as_deref().map(Strings::Borrowed),
            parent: self.parent.0.as_ref().map(|parent| ParentView {
                id: parent.id.get(),
                text: parent.text.get(),
                author: parent.author.get(),
            }),
            sentiment: self.sentiment.text(),
            intent: self.intent.text(),
            urgency: self.urgency.text(),
            status: self.status.text(),
            assignee: self.assignee.text(),
            team: self.team.text(),
            topic: self.topic.texts(),
            tag: self.tag.texts(),
        }
    }
}

/// A string, or anything else, which is missing.
#[derive(Debug, Default)]
pub(super) struct Text<'a>(pub(super) Option<Cow<'a, str>>);

impl Text<'_> {
    fn get(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

#[derive(Debug, Default)]
pub(super) struct Number(Option<f64>);

#[derive(Debug, Default)]
struct Flag(Option<bool>);

/// A list; what in it is no string is left out.
#[derive(Debug, Default)]
pub(super) struct Texts<'a>(Option<Vec<Cow<'a, str>>>);

#[derive(Debug)]
pub(super) struct Object<T>(Option<T>);

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// A workflow field: one string or a list, known to be empty, or missing.
#[derive(Debug, Default)]
pub(super) struct Workflow<'a> {
    is_list: bool,
    known: Known<Vec<Cow<'a, str>>>,
}

impl Workflow<'_> {
    fn text(&self) -> Known<&str> {
        match &self.known {
            Known::Empty => Known::Empty,
            Known::Value(values) if !self.is_list => values
                .first()
                .map_or(Known::Missing, |value| Known::Value(&**value)),
            Known::Missing | Known::Value(_) => Known::Missing,
        }
    }

    fn texts(&self) -> Known<Strings<'_>> {
        match &self.known {
            Known::Missing => Known::Missing,
            Known::Empty => Known::Empty,
            Known::Value(values) => Known::Value(Strings::Borrowed(values)),
        }
    }
}

/// What a JSON value is, as far as anybody asks.
enum Found<'a, T> {
    Null,
    Flag(bool),
    Number(f64),
    Text(Cow<'a, str>),
    /// The strings of a list, and whether it had anything.
    List(Vec<Cow<'a, str>>, bool),
    Object(T),
}

struct Any<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Any<T> {
    type Value = Found<'de, T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Found::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Found::Flag(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Found::Number(number as f64))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Found::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Found::Number(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Found::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Found::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        let mut any = false;
        while let Some(item) = list.next_element::<Text<'de>>()? {
            any = true;
            texts.extend(item.0);
        }
        Ok(Found::List(texts, any))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Found::Object)
    }
}

fn any<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Found<'de, T>, D::Error> {
    deserializer.deserialize_any(Any(std::marker::PhantomData))
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match any::<IgnoredAny, D>(deserializer)? {
            Found::Text(text) => Some(text),
            _ => None,
        }))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match any::<IgnoredAny, D>(deserializer)? {
            Found::Number(number) => Some(number),
            _ => None,
        }))
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match any::<IgnoredAny, D>(deserializer)? {
            Found::Flag(flag) => Some(flag),
            _ => None,
        }))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Texts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match any::<IgnoredAny, D>(deserializer)? {
            Found::List(texts, _) => Some(texts),
            _ => None,
        }))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match any::<T, D>(deserializer)? {
            Found::Object(object) => Some(object),
            _ => None,
        }))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Workflow<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (is_list, known) = match any::<IgnoredAny, D>(deserializer)? {
            Found::Null | Found::List(_, false) => (false, Known::Empty),
            Found::Text(text) => (false, Known::Value(vec![text])),
            Found::List(texts, true) if !texts.is_empty() => (true, Known::Value(texts)),
            _ => (false, Known::Missing),
        };
        Ok(Self { is_list, known })
    }
}
