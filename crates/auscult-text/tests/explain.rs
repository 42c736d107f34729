//! Why a watch is true for a post, and what would have to change where it is not: one case for each operator.
#![cfg(test)]

use auscult_model::post::Post;
use auscult_text::matcher::{Buffers, PreparedPost, explain, misses};
use auscult_text::watch::{Library, parse_whole};
use jiff::Timestamp;

/// The clauses as they are written, each with what was hit (`1-2` are positions) or `!` for one that had to be absent.
fn told(query: &str, text: &str) -> (Vec<String>, Vec<String>) {
    let mut library = Library::new();
    library.set_list("clin", &["Dr Byrne".to_owned(), "byrn*".to_owned()]);
    library.set_watch("cross", "rude OR angry");
    library.settle();
    let post = Post {
        id: "p".to_owned(),
        text: Some(text.to_owned()),
        lang: Some("en".to_owned()),
        stars: Some(2.0),
        ..Post::default()
    };
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
    let mut buffers = Buffers::default();
    let prepared = PreparedPost::new(&post, &mut buffers);
    let tree = parse_whole(query, &library).tree.expect(query);
    let lit = explain(query, &tree, &library, &prepared, now);
    let missed = misses(query, &tree, &library, &prepared, now);
    let lit = lit.iter().map(|clause| {
        let hits = clause.hits.iter().flatten();
        let hits: Vec<String> = hits
            .map(|hit| format!("{}-{}", hit.words[0], hit.words[1]))
            .collect();
        format!("{} @{}", clause.clause, hits.join(","))
    });
    let missed = missed.iter().map(|miss| {
        let sign = if miss.found { "!" } else { "" };
        let missing = if miss.missing { "?" } else { "" };
        format!("{sign}{}{missing}", miss.clause)
    });
    (lit.collect(), missed.collect())
}

#[track_caller]
fn lit(query: &str, text: &str, clauses: &[&str]) {
    let (lit, missed) = told(query, text);
    assert_eq!(lit, clauses, "{query} on {text}");
    assert_eq!(missed, Vec::<String>::new(), "{query} matches {text}");
}

#[track_caller]
fn missed(query: &str, text: &str, clauses: &[&str]) {
    assert_eq!(told(query, text).1, clauses, "{query} on {text}");
}

#[test]
fn a_match_lights_the_words_of_each_operator() {
    let text = "Staff were very rude. Dr Byrne was rude too #wait @ward";
    lit("rude", text, &["rude @3-3,7-7"]);
    lit("rud*", text, &["rud* @3-3,7-7"]);
    lit("rude staff", text, &["rude @3-3,7-7", "staff @0-0"]);
    lit("rude OR kind", text, &["rude @3-3,7-7"]);
    lit("rude -kind", text, &["rude @3-3,7-7"]);
    lit("\"dr byrne\"", text, &["\"dr byrne\" @4-5"]);
    lit("\"rude staff\"~2", text, &["\"rude staff\"~2 @0-3"]);
    lit("staff NEAR/2 rude", text, &["staff NEAR/2 rude @0-3"]);
    lit("byrne ONEAR/3 rude", text, &["byrne ONEAR/3 rude @5-7"]);
    lit(
        "rude NOT NEAR/0 byrne",
        text,
        &["rude NOT NEAR/0 byrne @3-3,7-7"],
    );
    lit("atleast/2 rude", text, &["atleast/2 rude @3-3,7-7"]);
    lit(
        "2 OF (rude, kind, staff)",
        text,
        &["rude @3-3,7-7", "staff @0-0"],
    );
    lit(
        "staff SENTENCE rude",
        text,
        &["staff SENTENCE rude @0-0,3-3"],
    );
    lit("#wait", text, &["#wait @9-9"]);
    lit("@ward", text, &["@ward @10-10"]);
    lit("!Staff", text, &["!Staff @0-0"]);
    lit("text:rude", text, &["rude @3-3,7-7"]);
    lit("list:clin", text, &["list:clin @4-5,5-5"]);
    lit("watch:cross", text, &["watch:cross @3-3,7-7"]);
    lit("raw:\"Dr B\"", text, &["raw:\"Dr B\" @"]);
    lit("lang:en stars:..2", text, &["lang:en @", "stars:..2 @"]);
}

#[test]
fn a_miss_names_the_fewest_clauses() {
    let text = "Staff were rude. Food was cold";
    missed("kind", text, &["kind"]);
    missed("rude kind slow", text, &["kind", "slow"]);
    missed("kind OR (slow late)", text, &["kind"]);
    missed("kind OR slow", text, &["kind"]);
    missed("staff -rude", text, &["!rude"]);
    missed("staff -(rude food)", text, &["!rude"]);
    missed("staff -(rude OR food)", text, &["!rude", "!food"]);
    missed("2 OF (rude, kind, slow)", text, &["kind"]);
    missed("\"rude staff\"", text, &["\"rude staff\""]);
    missed("\"rude staff\"~0", text, &["\"rude staff\"~0"]);
    missed("staff NEAR/0 food", text, &["staff NEAR/0 food"]);
    missed("food ONEAR/5 staff", text, &["food ONEAR/5 staff"]);
    missed("staff NOT NEAR/3 rude", text, &["staff NOT NEAR/3 rude"]);
    missed("atleast/2 rude", text, &["atleast/2 rude"]);
    missed("staff SENTENCE cold", text, &["staff SENTENCE cold"]);
    missed("#rude OR @ward lang:fr", text, &["#rude"]);
    missed("!STAFF", text, &["!STAFF"]);
    missed("title:rude", text, &["rude"]);
    missed("list:clin", text, &["list:clin"]);
    missed("rude -watch:cross", text, &["!watch:cross"]);
    missed("raw:COLD", text, &["raw:COLD"]);
    missed("lang:fr", text, &["lang:fr"]);
    missed("city:cork stars:5", text, &["city:cork?", "stars:5"]);
}
