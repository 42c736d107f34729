//! Meltwater.
//!
//! Sources: "How to master Boolean search" (help.meltwater.com, articles 4064557, 4064566 and support article
//! 360023166073) for AND, OR, NOT, NEAR, word frequency and boosting; "Precision searching with Booleans"
//! (meltwater.com/au/blog/the-boolean-touch) for the order NOT > AND > OR; the Boolean library (help.meltwater.com,
//! article 4064570) for the fields.
//!
//! * AND, OR, NOT and NEAR are operators in small letters too ("no longer required"). Words side by side are read as
//!   AND.
//! * NEAR and ONEAR alone allow four words between, NEAR/n and ONEAR/n allow n.
//! * `word{5}` and `word{2,5}` ask how often a word is there; `^2` only orders results; `\` takes a sign as it is.
//! * `bill XNOT "bill gates"` wants a bill that is not part of the other side.
//! * Numbers are compared without a colon: `followers >10000`.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use super::Hears;
use super::fields::{self, Mapped, Rule};
use super::out::Out;
use super::words::{self, Said};

const JUDGED: &str = "Meltwater judges this by itself, and a post here does not say it";
const PICTURES: &str = "Meltwater finds this in pictures, which are not searched here";
const REACH: &str = "how many people a post reached is not known here";

/// What a field becomes; the name is in small letters.
pub(super) fn rule(name: &str) -> Option<Rule> {
    Some(match name {
        "title" | "headline" => Rule::Text("title:"),
        "content" | "body" => Rule::Text("text:"),
        "ingress" => Rule::Text("lead:"),
        "casesensitive" => Rule::Case,
        "author" => Rule::Value(fields::author),
        "from" => Rule::Value(|text| fields::same("author:", text)),
        "to" => Rule::Value(to),
        "mention" => Rule::Value(fields::mention),
        "hashtag" => Rule::Value(fields::hashtag),
        "site" => Rule::Value(fields::site),
        "url" => Rule::Value(fields::address),
        "containslink" => Rule::Value(fields::link),
        "country" => Rule::Value(fields::country),
        "language" => Rule::Value(|text| fields::same("lang:", text)),
        "city" => Rule::Value(|text| fields::same("city:", text)),
        "region" => Rule::Value(|text| fields::same("region:", text)),
        "socialtype" => Rule::Value(social_type),
        "infotype" => Rule::Value(info_type),
        "sourcename" => Rule::Value(source_name),
        "posttype" => Rule::Value(post_type),
        "attachmenttype" => Rule::Value(attachment),
        "verified" => Rule::Value(fields::verified),
        "authorverifiedtype" => Rule::Value(verified_type),
        "sentiment" => Rule::Value(fields::mood),
        "followers" => Rule::Number("followers:"),
        "likes" | "enrichments.socialscores.tw_likes" => Rule::Number("likes:"),
        "shares" => Rule::Number("reposts:"),
        "comments" => Rule::Number("replies:"),
        "views" => Rule::Number("views:"),
        "rating" => Rule::Number("stars:"),
        "engagement" => {
            Rule::NumberLike("engagement:", "likes, reposts and replies are counted here")
        }
        "enrichments.socialscores.fb_post_reactions" => {
            Rule::NumberLike("likes:", "likes here, all reactions there")
        }
        "sourcelist" => Rule::List("site:"),
        "authorlist" => Rule::List("author:"),
        "reach" | "authority" | "ave" => Rule::Gone(REACH),
        "authorhuman" | "spam" | "nsfw" | "keyphrase" | "entity" | "concept" => Rule::Gone(JUDGED),
        "imagetext" | "imageentity" | "imageobject" | "imagescene" | "imageemotion" => {
            Rule::Gone(PICTURES)
        }
        _ => return None,
    })
}

/// Posts that speak to a handle: they answer it or mention it.
fn to(text: &str) -> Mapped {
    let mention = fields::mention(text);
    let Some(mentioned) = mention.out else {
        return mention;
    };
    let sides = vec![mentioned, fields::value("parent-author:", text.trim())];
    Out::any(sides).map_or_else(
        || Mapped::gone("this is no handle"),
        |out| Mapped::differs(out, "posts that mention it or answer it", None),
    )
}

fn social_type(text: &str) -> Mapped {
    const KIND: &str = "a kind of post here, a kind of site there";
    let plain = fields::plain(text);
    if let Some(out) = fields::network(&plain) {
        return Mapped::differs(out, "found by the address of the post", None);
    }
    let kind = match plain.as_str() {
        "social_blogs" => "article",
        "social_comments" => "comment",
        "social_reviews" => "review",
        _ => return Mapped::gone("this network is not known here"),
    };
    Mapped::differs(fields::value("is:", kind), KIND, None)
}

fn info_type(text: &str) -> Mapped {
    const SAYS: &str = "articles are news here; everything else is social";
    let news = fields::value("is:", "article");
    match fields::plain(text).as_str() {
        "news" => Mapped::differs(news, SAYS, None),
        "social" => Mapped::differs(news.not(), SAYS, None),
        _ => Mapped::gone("broadcasts are not heard here"),
    }
}

fn source_name(text: &str) -> Mapped {
    if fields::plain(text).starts_with("r/") {
        return fields::subreddit(text);
    }
    Mapped::gone("the name of a publication is not known here: name its site")
}

fn post_type(text: &str) -> Mapped {
    match fields::plain(text).as_str() {
        "og" | "original" => match Out::any(vec![
            fields::value("is:", "reply"),
            fields::value("is:", "repost"),
        ]) {
            Some(out) => Mapped::differs(
                out.not(),
                "neither replies nor reposts; posts with a quote stay",
                Some(Hears::More),
            ),
            None => Mapped::gone(JUDGED),
        },
        "re" | "reply" => Mapped::exact(fields::value("is:", "reply")),
        "rp" | "rt" | "repost" | "retweet" => Mapped::exact(fields::value("is:", "repost")),
        _ => Mapped::gone("posts here are originals, replies and reposts"),
    }
}

fn attachment(text: &str) -> Mapped {
    match fields::plain(text).as_str() {
        "image" | "photo" => Mapped::exact(fields::value("has:", "image")),
        "video" => Mapped::exact(fields::value("has:", "video")),
        "reel" => Mapped::differs(
            fields::value("has:", "video"),
            "reels are videos here",
            Some(Hears::More),
        ),
        "link" => Mapped::exact(fields::value("has:", "link")),
        _ => Mapped::gone("an image, a video or a link is expected"),
    }
}

fn verified_type(text: &str) -> Mapped {
    match words::words(text, false, None) {
        Said::Words(_) => Mapped::differs(
            fields::value("verified:", "yes"),
            "kinds of verified authors are not told apart",
            Some(Hears::More),
        ),
        _ => Mapped::gone("a kind of author is expected"),
    }
}
