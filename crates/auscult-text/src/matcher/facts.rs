//! Conditions on fields other than text (docs/specs/watch-language.md, 6.2 to 6.4).

#![expect(clippy::similar_names, reason = "a test of a text")]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use auscult_model::post::Known;
use jiff::Timestamp;

use super::post::{PostView, PreparedPost, Strings, TextId};
use crate::fold;
use crate::token::{Kind as WordKind, slice};
use crate::watch::{
    NumberField, NumberTest, Pattern, ValueField, ValueTest, bare_address, handle, host, hour,
    post_instant, weekday,
};

/// A condition on one field; its lists are already put in place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fact {
    Value(ValueField, Box<[ValueTest]>),
    Number(NumberField, NumberTest),
}

impl Fact {
    /// The answer for a post; a missing field is false, unless that is asked for.
    pub(crate) fn holds(&self, post: &PreparedPost<'_>, now: Timestamp) -> bool {
        match self {
            Self::Value(field, tests) => tests
                .iter()
                .any(|test| value_holds(*field, test, post, now)),
            Self::Number(field, test) => test.holds(number(*field, post)),
        }
    }

    /// Whether the post does not say.
    pub(crate) fn is_missing(&self, post: &PreparedPost<'_>) -> bool {
        match self {
            Self::Value(field, _) => {
                value_holds(*field, &ValueTest::Missing, post, Timestamp::UNIX_EPOCH)
            }
            Self::Number(field, _) => number(*field, post).is_none(),
        }
    }
}

/// What the post holds in a field, for people to read; nothing when it is missing.
pub(crate) fn shown(fact: &Fact, post: &PreparedPost<'_>) -> Option<serde_json::Value> {
    let view = &post.view;
    match fact {
        Fact::Number(field, _) => number(*field, post).map(serde_json::Value::from),
        Fact::Value(field, _) => match field {
            ValueField::Topic => list_shown(&view.topic),
            ValueField::Tag => list_shown(&view.tag),
            ValueField::Verified => view.author.verified.map(serde_json::Value::from),
            ValueField::Has => view.has.map(|has| has.iter().collect::<Vec<_>>().into()),
            ValueField::Link => Some(links(post).collect::<Vec<_>>().into()),
            ValueField::Hashtag | ValueField::Mention => None,
            other => text_of(*other, view).map(serde_json::Value::from),
        },
    }
}

fn list_shown(list: &Known<Strings<'_>>) -> Option<serde_json::Value> {
    match list {
        Known::Missing => None,
        Known::Empty => Some(serde_json::Value::Array(Vec::new())),
        Known::Value(values) => Some(values.iter().collect::<Vec<_>>().into()),
    }
}

/// The text of a field that has one value.
fn text_of<'a>(field: ValueField, view: &PostView<'a>) -> Option<&'a str> {
    let known = |field: &Known<&'a str>| field.value().copied();
    match field {
        ValueField::Source => view.source,
        ValueField::Site => site(view),
        ValueField::Url => view.url,
        ValueField::Author => view.author.handle,
        ValueField::ParentAuthor => view.parent.and_then(|parent| parent.author),
        ValueField::Lang => lang(view),
        ValueField::Country => view.country,
        ValueField::Region => view.region,
        ValueField::City => view.city,
        ValueField::Is => view.kind,
        ValueField::Id => Some(view.id),
        ValueField::ParentId => view.parent.and_then(|parent| parent.id),
        ValueField::Sentiment => known(&view.sentiment),
        ValueField::Urgency => known(&view.urgency),
        ValueField::Status => known(&view.status),
        ValueField::Intent => known(&view.intent),
        ValueField::Assignee => known(&view.assignee),
        ValueField::Team => known(&view.team),
        ValueField::Weekday
        | ValueField::Since
        | ValueField::Until
        | ValueField::Before
        | ValueField::After
        | ValueField::Date => view.created_at,
        ValueField::Link
        | ValueField::Verified
        | ValueField::Has
        | ValueField::Topic
        | ValueField::Tag
        | ValueField::Hashtag
        | ValueField::Mention => None,
    }
}

fn value_holds(
    field: ValueField,
    test: &ValueTest,
    post: &PreparedPost<'_>,
    now: Timestamp,
) -> bool {
    let view = &post.view;
    match field {
        ValueField::Verified => match (test, view.author.verified) {
            (ValueTest::Missing, verified) => verified.is_none(),
            (ValueTest::One(index), Some(verified)) => verified == (*index == 0),
            _ => false,
        },
        ValueField::Has => has(test, post),
        ValueField::Link => links_hold(test, post),
        ValueField::Topic => any_of(test, &view.topic),
        ValueField::Tag => any_of(test, &view.tag),
        ValueField::Since
        | ValueField::Until
        | ValueField::Before
        | ValueField::After
        | ValueField::Date => match (test, view.created_at.and_then(post_instant)) {
            (ValueTest::Date(test), Some(instant)) => test.holds(instant, now),
            _ => false,
        },
        ValueField::Weekday => match (test, view.created_at.and_then(post_instant)) {
            (ValueTest::Missing, instant) => instant.is_none(),
            (ValueTest::One(day), Some(instant)) => weekday(instant) == *day,
            _ => false,
        },
        ValueField::Sentiment => workflow(field, test, &view.sentiment),
        ValueField::Urgency => workflow(field, test, &view.urgency),
        ValueField::Status => workflow(field, test, &view.status),
        ValueField::Intent => workflow(field, test, &view.intent),
        ValueField::Assignee => workflow(field, test, &view.assignee),
        ValueField::Team => workflow(field, test, &view.team),
        // These yield spans and are no conditions.
        ValueField::Hashtag | ValueField::Mention => false,
        ValueField::Source
        | ValueField::Site
        | ValueField::Url
        | ValueField::Author
        | ValueField::ParentAuthor
        | ValueField::Lang
        | ValueField::Country
        | ValueField::Region
        | ValueField::City
        | ValueField::Is
        | ValueField::Id
        | ValueField::ParentId => match text_of(field, view) {
            None => *test == ValueTest::Missing,
            Some(text) => text_fits(field, test, text),
        },
    }
}

fn workflow(field: ValueField, test: &ValueTest, value: &Known<&str>) -> bool {
    match value {
        Known::Missing => *test == ValueTest::Missing,
        Known::Empty => *test == ValueTest::Empty,
        Known::Value(text) => text_fits(field, test, text),
    }
}

fn any_of(test: &ValueTest, values: &Known<Strings<'_>>) -> bool {
    match values {
        Known::Missing => *test == ValueTest::Missing,
        Known::Empty => *test == ValueTest::Empty,
        Known::Value(values) => values
            .iter()
            .any(|text| text_fits(ValueField::Tag, test, text)),
    }
}

fn text_fits(field: ValueField, test: &ValueTest, text: &str) -> bool {
    if let Some(set) = field.closed_set() {
        let place = || {
            let value = fold::value(text);
            set.iter().position(|known| *known == value)
        };
        return match test {
            ValueTest::One(index) => set.get(*index).is_some_and(|wanted| value_is(text, wanted)),
            ValueTest::Between(low, high) => {
                place().is_some_and(|place| (*low..=*high).contains(&place))
            }
            _ => false,
        };
    }
    let ValueTest::Fits(pattern) = test else {
        return false;
    };
    match field {
        ValueField::Id | ValueField::ParentId => pattern.fits(text),
        ValueField::Country => pattern
            .literal()
            .is_some_and(|wanted| wanted.eq_ignore_ascii_case(text.trim())),
        ValueField::Lang => pattern
            .literal()
            .is_some_and(|wanted| lang_continues(text, wanted)),
        ValueField::Site => site_fits(pattern, text),
        ValueField::Url => address_fits(pattern, text),
        ValueField::Author | ValueField::ParentAuthor => match pattern.literal() {
            Some(wanted) if is_simple(text) => handle(text).eq_ignore_ascii_case(wanted),
            _ => pattern.fits(handle(&fold::value(text))),
        },
        _ => match pattern.literal() {
            Some(wanted) => value_is(text, wanted),
            None => pattern.fits(&fold::value(text)),
        },
    }
}

/// Text whose `value` is itself in lower case.
fn is_simple(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\'' && byte != b'`')
}

/// Whether `value(text)` is `wanted`, mostly without making it.
fn value_is(text: &str, wanted: &str) -> bool {
    if is_simple(text) {
        text.eq_ignore_ascii_case(wanted)
    } else {
        fold::value(text) == wanted
    }
}

fn lang<'a>(view: &PostView<'a>) -> Option<&'a str> {
    view.lang
        .filter(|tag| !tag.is_empty() && !tag.eq_ignore_ascii_case("und"))
}

/// Whether a tag equals a value or continues it at a hyphen.
fn lang_continues(tag: &str, wanted: &str) -> bool {
    let same = |found: u8, wanted: u8| {
        found.eq_ignore_ascii_case(&wanted) || found == b'_' && wanted == b'-'
    };
    let tag = tag.trim().as_bytes();
    tag.len() >= wanted.len()
        && tag
            .iter()
            .zip(wanted.bytes())
            .all(|(found, wanted)| same(*found, wanted))
        && matches!(tag.get(wanted.len()), None | Some(b'-' | b'_'))
}

/// The host of a post: said, or taken from its URL.
fn site<'a>(view: &PostView<'a>) -> Option<&'a str> {
    let host = view.site.or_else(|| {
        let url = view.url?;
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        rest.split(['/', '?', '#', ':']).next()
    })?;
    Some(host).filter(|host| !host.is_empty())
}

fn site_fits(pattern: &Pattern, site: &str) -> bool {
    let found = host(site);
    let Some(wanted) = pattern.literal() else {
        return pattern.fits(&found.to_ascii_lowercase());
    };
    let Some(start) = found.len().checked_sub(wanted.len()) else {
        return false;
    };
    let Some((before, end)) = found.as_bytes().split_at_checked(start) else {
        return false;
    };
    end.eq_ignore_ascii_case(wanted.as_bytes()) && (before.is_empty() || before.ends_with(b"."))
}

fn address_fits(pattern: &Pattern, url: &str) -> bool {
    let found = bare_address(url);
    let Some(wanted) = pattern.literal() else {
        return pattern.fits(&found.to_ascii_lowercase());
    };
    let Some((start, rest)) = found.as_bytes().split_at_checked(wanted.len()) else {
        return false;
    };
    start.eq_ignore_ascii_case(wanted.as_bytes())
        && matches!(rest.first(), None | Some(b'/' | b'?' | b'#'))
}

/// Where a post points: its `links` and the addresses in title and text.
fn links<'a>(post: &'a PreparedPost<'_>) -> impl Iterator<Item = &'a str> {
    let written = [TextId::Title, TextId::Text].into_iter().flat_map(|text| {
        let source = post.source(text);
        post.cut(text)
            .urls()
            .iter()
            .map(move |(start, end)| slice(source, *start, *end))
    });
    post.view.links.iter().chain(written)
}

fn links_hold(test: &ValueTest, post: &PreparedPost<'_>) -> bool {
    match test {
        ValueTest::Missing => links(post).next().is_none(),
        ValueTest::Fits(pattern) => links(post).any(|link| address_fits(pattern, link)),
        _ => false,
    }
}

fn has(test: &ValueTest, post: &PreparedPost<'_>) -> bool {
    let named = |name: &str| {
        post.view
            .has
            .is_some_and(|has| has.iter().any(|found| value_is(found, name)))
    };
    let texts = || [TextId::Title, TextId::Text].into_iter();
    let ValueTest::One(index) = test else {
        return *test == ValueTest::Missing && post.view.has.is_none();
    };
    let name = ValueField::Has
        .closed_set()
        .and_then(|set| set.get(*index))
        .copied()
        .unwrap_or_default();
    match name {
        "link" => named(name) || links(post).next().is_some(),
        "question" => named(name) || texts().any(|text| asks(post, text)),
        "hashtag" => texts().any(|text| !post.cut(text).hashtags().is_empty()),
        "mention" => texts().any(|text| !post.cut(text).mentions().is_empty()),
        "emoji" => texts().any(|text| {
            post.cut(text)
                .words()
                .iter()
                .any(|word| word.kind == WordKind::Emoji)
        }),
        "title" => !post.cut(TextId::Title).words().is_empty(),
        "parent" => post.view.parent.is_some(),
        _ => named(name),
    }
}

/// Whether a question mark stands outside addresses.
fn asks(post: &PreparedPost<'_>, text: TextId) -> bool {
    let source = post.source(text);
    let mut from = 0;
    let asks = |piece: &str| piece.contains(['?', '？', '؟']);
    for (start, end) in post.cut(text).urls() {
        if asks(slice(source, from, *start)) {
            return true;
        }
        from = *end;
    }
    asks(source.get(from as usize..).unwrap_or_default())
}

fn number(field: NumberField, post: &PreparedPost<'_>) -> Option<f64> {
    let view = &post.view;
    match field {
        NumberField::Stars => view.stars,
        NumberField::Likes => view.likes,
        NumberField::Reposts => view.reposts,
        NumberField::Replies => view.replies,
        NumberField::Views => view.views,
        NumberField::Followers => view.author.followers,
        NumberField::Engagement => {
            let known = [view.likes, view.reposts, view.replies];
            known
                .iter()
                .any(Option::is_some)
                .then(|| known.iter().flatten().sum())
        }
        NumberField::Words => Some(
            (post.cut(TextId::Title).words().len() + post.cut(TextId::Text).words().len()) as f64,
        ),
        NumberField::Hour => view
            .created_at
            .and_then(post_instant)
            .map(|instant| f64::from(hour(instant))),
    }
}
