//! Talkwalker.
//!
//! Sources: "Search syntax" (talkwalker.com/syntax-alerts) for AND, AND NOT, OR, `-`, quotes, brackets, wildcards and
//! sites side by side ("shows the results found on both websites"); the API's "Query syntax" and "Special
//! transformations" (developer.talkwalker.com/docs/query-syntax) for `+`, `++`, `~`, NEAR/n, ONEAR/n, SENTENCE and
//! queries without any operator; "Field information" and the list of histograms (developer.talkwalker.com) for fields.
//!
//! The pages that could be read name NEAR, ONEAR and SENTENCE and do not define them in full; how far they reach, and the
//! fields not in the histograms' list, follow common use.
//!
//! * AND, OR, NOT, NEAR and SENTENCE are operators in capitals only; words beside an operator mean AND.
//! * A query without any operator is one loose phrase: `cat dog mouse` is `"cat dog mouse"~20`, ten moves for each word
//!   after the first. Words all in capitals keep their case, and `-`, `+` and `&` in them count.
//! * `+word` compares signs as well, `++word` signs and case. Signs are no part of a word here.
//! * Which of AND and OR binds first is not said there; AND does here.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use super::super::error::Span;
use super::Hears;
use super::fields::{self, Mapped, Rule};
use super::out::{Out, print};
use super::translate::{Context, Translator};
use super::tree::{Body, Leaf, Part, What};
use super::words::{self, Said};

const ONLY_THERE: &str = "Talkwalker knows this about a result, and a post here does not say it";
const OF_ONE: &str = "on one network there, anywhere here";

/// What a field becomes; the name is in small letters.
pub(super) fn rule(name: &str) -> Option<Rule> {
    Some(match name {
        "title" => Rule::Text("title:"),
        "content" | "text" => Rule::Text("text:"),
        "lang" | "language" => Rule::Value(|text| fields::same("lang:", text)),
        "country" | "sourcecountry" | "sourcegeo" | "authorcountry" => Rule::Value(fields::country),
        "city" | "sourcecity" => Rule::Value(|text| fields::same("city:", text)),
        "region" | "sourceregion" => Rule::Value(|text| fields::same("region:", text)),
        "author" => Rule::Value(fields::author),
        "authorname" => Rule::Value(fields::named),
        "mention" => Rule::Value(fields::mention),
        "hashtag" => Rule::Value(fields::hashtag),
        "site" | "domainurl" | "domain_url" => Rule::Value(fields::site),
        "hosturl" | "host_url" => Rule::Value(one_host),
        "url" => Rule::Value(fields::address),
        "link" | "links" => Rule::Value(fields::link),
        "sourcetype" => Rule::Value(source_type),
        "is" => Rule::Value(is),
        "sentiment" => Rule::Value(fields::mood),
        "verified" => Rule::Value(fields::verified),
        "published" => Rule::Date,
        "engagement" => {
            Rule::NumberLike("engagement:", "likes, reposts and replies are counted here")
        }
        "followers" => Rule::Number("followers:"),
        "likes" => Rule::Number("likes:"),
        "shares" => Rule::Number("reposts:"),
        "comments" => Rule::Number("replies:"),
        "views" => Rule::Number("views:"),
        "rating" | "reviewrating" => Rule::Number("stars:"),
        "wordcount" | "word_count" => Rule::Number("words:"),
        "twitter_followers" | "instagram_followers" => Rule::NumberLike("followers:", OF_ONE),
        "twitter_likes" | "facebook_likes" | "instagram_likes" | "youtube_likes" => {
            Rule::NumberLike("likes:", OF_ONE)
        }
        "twitter_retweets" | "twitter_shares" | "facebook_shares" => {
            Rule::NumberLike("reposts:", OF_ONE)
        }
        "youtube_views" | "twitter_video_views" => Rule::NumberLike("views:", OF_ONE),
        "panel" => Rule::List("site:"),
        "reach"
        | "twitter_impressions"
        | "gender"
        | "demographic"
        | "tag"
        | "customer"
        | "indexed"
        | "search_indexed"
        | "channel"
        | "topic"
        | "images"
        | "image"
        | "porn_level"
        | "fluency_level"
        | "cluster_id"
        | "interest"
        | "occupation" => Rule::Gone(ONLY_THERE),
        _ => return None,
    })
}

fn one_host(text: &str) -> Mapped {
    Mapped::differs(
        fields::value("site:", &fields::host(text)),
        "with the sites below it",
        Some(Hears::More),
    )
}

/// `SOCIALMEDIA_TWITTER` and its like.
fn source_type(text: &str) -> Mapped {
    const KIND: &str = "a kind of post here, a kind of site there";
    let plain = fields::plain(text);
    let network = plain.strip_prefix("socialmedia_").unwrap_or(&plain);
    if let Some(out) = fields::network(network) {
        return Mapped::differs(out, "found by the address of the post", None);
    }
    let kinds: &[&str] = match plain.as_str() {
        "socialmedia" => &["post", "reply", "repost", "comment"],
        "review" | "reviews" => &["review"],
        "blog" | "blogs" => &["article"],
        _ if plain.starts_with("onlinenews") || plain.starts_with("blog_") => &["article"],
        _ if plain.starts_with("forum") || plain.starts_with("messageboard") => &["post", "reply"],
        _ => return Mapped::gone("this kind of source is not heard here"),
    };
    match Out::any(
        kinds
            .iter()
            .map(|kind| fields::value("is:", kind))
            .collect(),
    ) {
        Some(out) => Mapped::differs(out, KIND, None),
        None => Mapped::gone("this kind of source is not heard here"),
    }
}

fn is(text: &str) -> Mapped {
    let kind = match fields::plain(text).as_str() {
        "retweet" | "repost" | "share" => "repost",
        "reply" => "reply",
        "comment" => "comment",
        "review" => "review",
        _ => return Mapped::gone("posts here are replies, comments, reviews and reposts"),
    };
    Mapped::exact(fields::value("is:", kind))
}

/// When it was published: days, or milliseconds since 1970.
pub(super) fn date(body: &Body) -> Mapped {
    let out = match body {
        Body::Range(low, high) => {
            let open = |bound: &str| {
                if bound == "*" {
                    String::new()
                } else {
                    day(bound)
                }
            };
            format!("{}..{}", open(low), open(high))
        }
        Body::Test(sign, value) => {
            let sign = if *sign == "=" { "" } else { sign };
            format!("{sign}{}", day(value))
        }
        Body::Part(part) => match &part.what {
            What::Words(leaf) => day(&leaf.text),
            _ => return Mapped::gone("one day or a range of days is expected"),
        },
    };
    Mapped::exact(Out::Value("date:", out))
}

fn day(text: &str) -> String {
    let plain = text.trim().replace(['"', '\\'], "");
    let instant = plain
        .parse::<i64>()
        .ok()
        .filter(|_| plain.len() > 10)
        .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    instant.map_or(plain, |instant| instant.to_string())
}

/// A query without any operator: Talkwalker transforms it before it searches.
pub(super) fn loose(
    translator: &mut Translator<'_>,
    sides: &[Part],
    span: Span,
    context: Context,
) -> Option<Out> {
    let leaves: Vec<(&Leaf, Span)> = sides
        .iter()
        .filter_map(|side| match &side.what {
            What::Words(leaf) => Some((leaf, side.span)),
            _ => None,
        })
        .collect();
    // A wildcard is an operator too.
    if leaves
        .iter()
        .any(|(leaf, _)| words::has_wildcards(&leaf.text))
    {
        return translator.every(sides, context);
    }
    if leaves.len() > 1 && leaves.iter().all(|(leaf, _)| is_simple(&leaf.text)) {
        let texts: Vec<&str> = leaves.iter().map(|(leaf, _)| leaf.text.as_str()).collect();
        let count = u32::try_from(leaves.len() - 1).unwrap_or(u32::MAX);
        let count = count.saturating_mul(10).min(999_999_999);
        let said = words::words(&texts.join(" "), false, Some(count));
        if let Said::Words(out) = &said {
            let says = format!(
                "{}: words without an operator are sought near each other; other words between are counted here, moves of words there",
                print(out)
            );
            translator.differs(context, span, &says, None);
        }
        return translator.said(said, span, context);
    }
    let mut kept = Vec::new();
    for (leaf, at) in leaves {
        let signs = match leaf.text.as_str() {
            text if is_capitals(text) => 2,
            text if text.contains(['-', '+', '&']) => 1,
            _ => 0,
        };
        let from = translator.noted();
        match signed(translator, leaf, at, (signs, context)) {
            Some(out) => kept.push(out),
            None => translator.dropped(context, from..translator.noted(), Hears::More),
        }
    }
    Out::all(kept)
}

fn is_simple(text: &str) -> bool {
    text.chars()
        .all(|character| character.is_alphanumeric() || matches!(character, '\'' | '’'))
        && !is_capitals(text)
}

fn is_capitals(text: &str) -> bool {
    text.chars().any(char::is_uppercase)
        && text
            .chars()
            .all(|character| character.is_uppercase() || matches!(character, '+' | '-' | '&'))
}

/// `+word` and `++word`.
pub(super) fn plus(
    translator: &mut Translator<'_>,
    body: &Part,
    count: u8,
    context: Context,
) -> Option<Out> {
    if let What::Words(leaf) = &body.what {
        return signed(translator, leaf, body.span, (count, context));
    }
    let out = translator.part(body, context)?;
    let says = "signs and case are compared for single words and phrases only";
    translator.differs(context, body.span, says, Some(Hears::More));
    Some(out)
}

fn signed(
    translator: &mut Translator<'_>,
    leaf: &Leaf,
    span: Span,
    (count, context): (u8, Context),
) -> Option<Out> {
    let is_tag = leaf.text.starts_with(['#', '@']);
    // A&E is one word here, so that its sign counts.
    let is_short = |text: &str| text.split('&').all(|part| part.chars().count() == 1);
    let has_signs = leaf.text.chars().any(|character| {
        !character.is_alphanumeric()
            && !character.is_whitespace()
            && (character != '&' || !is_short(&leaf.text))
    });
    if count >= 2 && !is_tag {
        let said = if has_signs {
            words::signs(&leaf.text)
        } else {
            words::words(&leaf.text, true, None)
        };
        return match said {
            Said::Words(out) | Said::Signs(out) => {
                let says = format!("signs and case are compared: {}", print(&out));
                translator.exact(span, says);
                Some(out)
            }
            said => translator.said(said, span, context),
        };
    }
    let said = words::words(&leaf.text, false, None);
    if count == 1 && has_signs && !is_tag && matches!(said, Said::Words(_)) {
        let says = "signs such as - and + are not compared here";
        translator.differs(context, span, says, Some(Hears::More));
    }
    translator.said(said, span, context)
}
