//! Brandwatch Consumer Research.
//!
//! Sources: the help page "Query Operators" (consumer-research-help.brandwatch.com, article 360012098098) for every
//! operator below; "Boolean explained: proximity operators" (community.brandwatch.com) for NEAR/0f, "in front of and
//! side by side"; "Building Advanced Queries in Listen" (social-media-management-help.brandwatch.com, article
//! 4553865146781) for `raw:`, `hashtags:`, `at_mentions:` and brackets behind a field.
//!
//! * AND, OR, NOT and NEAR are operators in capitals only; words side by side mean AND.
//! * `NEAR/n` allows n words between in any order, `NEAR/nf` in this order: our NEAR/n and ONEAR/n.
//! * `"a b"~n` and `(a AND b)~n` are the older ways of saying NEAR.
//! * `{BT}` keeps upper and lower case; `<<<…>>>` is a comment; `*` and `?` are wildcards of words without quotes.
//! * Words with accents are heard with these accents only, words without in both ways. Here accents never matter.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use super::fields::{self, Mapped, Rule};
use super::out::Out;
use super::words::{self, Said};
use super::{Hears, countries};

const ONLY_THERE: &str = "Brandwatch knows this about a mention, and a post here does not say it";
const NOT_WATCHED: &str = "Brandwatch finds this in pictures, which are not searched here";
const NO_MAP: &str = "there are no distances on a map here";

/// What a field becomes; the name is in small letters.
pub(super) fn rule(name: &str) -> Option<Rule> {
    Some(match name {
        "title" => Rule::Text("title:"),
        "raw" => Rule::Value(raw),
        "site" | "domain" => Rule::Value(fields::site),
        "url" => Rule::Value(fields::address),
        "links" => Rule::Value(fields::link),
        "author" | "exactauthor" => Rule::Value(fields::author),
        "weblogtitle" => Rule::Value(weblog),
        "blogname" => Rule::Value(tumblr),
        "topleveldomain" => Rule::Value(top_level),
        "subreddit" => Rule::Value(fields::subreddit),
        "language" => Rule::Value(|text| fields::same("lang:", text)),
        "country" => Rule::Value(fields::country),
        "region" => Rule::Value(region),
        "city" => Rule::Value(city),
        "hashtags" => Rule::Value(fields::hashtag),
        "tags" => Rule::Value(tumblr_tag),
        "at_mentions" => Rule::Value(fields::mention),
        "engagingwith" => Rule::Value(|text| fields::same("parent-author:", text)),
        "engagingwithguid" | "parentpostid" => Rule::Value(|text| fields::same("parent-id:", text)),
        "engagementtype" => Rule::Value(engagement),
        "authorverified" => Rule::Value(fields::verified),
        "authorverifiedtype" => Rule::Value(verified_type),
        "authorfollowers" => Rule::Number("followers:"),
        "rating" => Rule::Number("stars:"),
        "minuteofday" => Rule::Minutes,
        "imagetype" => Rule::Value(picture),
        "publishersubtype" => Rule::Value(publisher_type),
        "sentiment" => Rule::Value(fields::mood),
        "authorgroup" => Rule::List("author:"),
        "sitegroup" => Rule::List("site:"),
        "continent" => Rule::Gone("there are no continents here: name the countries"),
        "latitude" | "longitude" => Rule::Gone(NO_MAP),
        "brandids" | "objects" => Rule::Gone(NOT_WATCHED),
        "itemreview" | "authorgender" | "channelid" | "guid" | "parentblogname"
        | "rootblogname" | "rootpostid" | "pubtype" | "publication" | "redditauthorflair"
        | "redditpostflair" | "redditspoiler" | "sensitivecontent" | "subredditnsfw"
        | "subreddittopics" | "locationgroup" => Rule::Gone(ONLY_THERE),
        _ => return None,
    })
}

fn raw(text: &str) -> Mapped {
    match words::signs(text) {
        Said::Signs(out) => Mapped::exact(out),
        _ => Mapped::gone("no watch can hear this"),
    }
}

fn weblog(text: &str) -> Mapped {
    let mapped = fields::author(text);
    match mapped.out {
        Some(out) => Mapped::differs(
            out,
            "the author on Reddit and in forums there, anywhere here",
            Some(Hears::More),
        ),
        None => mapped,
    }
}

fn tumblr(text: &str) -> Mapped {
    let host = format!("{}.tumblr.com", fields::plain(text));
    Mapped::differs(
        fields::value("site:", &host),
        "found by the address of the blog, without what others pass on",
        Some(Hears::Less),
    )
}

fn tumblr_tag(text: &str) -> Mapped {
    let mapped = fields::hashtag(text);
    match mapped.out {
        Some(out) => Mapped::differs(
            out,
            "a tag of Tumblr there, a hashtag in the text here",
            None,
        ),
        None => mapped,
    }
}

fn top_level(text: &str) -> Mapped {
    let plain = fields::plain(text);
    let ending = plain.trim_start_matches('.');
    Mapped::exact(fields::value("site:", &format!("*.{ending}")))
}

/// `usa.fl`: a country and, after the dot, a region.
fn region(text: &str) -> Mapped {
    let plain = fields::plain(text);
    let Some((country, region)) = plain.split_once('.') else {
        return Mapped::gone("a region is written with its country, as in usa.fl");
    };
    placed(country, "region:", region)
}

/// `deu.berlin.berlin`: a country, a region and a city.
fn city(text: &str) -> Mapped {
    let plain = fields::plain(text);
    let mut parts = plain.splitn(3, '.');
    let (Some(country), Some(_), Some(city)) = (parts.next(), parts.next(), parts.next()) else {
        return Mapped::gone(
            "a city is written with its country and region, as in deu.berlin.berlin",
        );
    };
    placed(country, "city:", city)
}

fn placed(country: &str, field: &'static str, place: &str) -> Mapped {
    let Some(code) = countries::two_letters(country) else {
        return Mapped::gone("this begins with no country code of three letters");
    };
    let sides = vec![
        fields::value("country:", &code),
        fields::value(field, place),
    ];
    match Out::all(sides) {
        Some(out) => Mapped::differs(
            out,
            "compared with the name that the post brings: look whether a code is meant",
            None,
        ),
        None => Mapped::gone("no place is named"),
    }
}

fn engagement(text: &str) -> Mapped {
    let kind = match fields::plain(text).as_str() {
        "comment" => "comment",
        "reply" => "reply",
        "retweet" => "repost",
        _ => {
            return Mapped::gone(
                "posts here are replies, comments and reposts, but no quotes or likes",
            );
        }
    };
    Mapped::exact(fields::value("is:", kind))
}

fn verified_type(text: &str) -> Mapped {
    match fields::plain(text).as_str() {
        "blue" | "business" | "government" => Mapped::differs(
            fields::value("verified:", "yes"),
            "kinds of verified authors are not told apart",
            Some(Hears::More),
        ),
        _ => Mapped::gone("blue, business or government is expected"),
    }
}

fn picture(text: &str) -> Mapped {
    match fields::plain(text).as_str() {
        "image" => Mapped::exact(fields::value("has:", "image")),
        _ => Mapped::gone(NOT_WATCHED),
    }
}

fn publisher_type(text: &str) -> Mapped {
    let kind = match fields::plain(text).as_str() {
        "image" => "image",
        "video" => "video",
        _ => return Mapped::gone("image or video is expected"),
    };
    Mapped::differs(
        fields::value("has:", kind),
        "on Instagram there, anywhere here",
        Some(Hears::More),
    )
}
