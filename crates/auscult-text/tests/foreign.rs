//! Queries of other suites: what they become, what is said about it, and that the watch hears what they heard.
#![cfg(test)]

use auscult_model::post::{Author, Post};
use auscult_text::matcher::{Buffers, PreparedPost, Scratch, Single};
use auscult_text::watch::Library;
use auscult_text::watch::foreign::{Dialect, Faith, Hears, Translation, translate};

use Dialect::{Brandwatch, Meltwater, Talkwalker};

fn library() -> Library {
    let mut library = Library::new();
    library.set_list("press", &["irishtimes".to_owned(), "rte".to_owned()]);
    library
}

fn brought(dialect: Dialect, query: &str) -> Translation {
    translate(query, dialect, &library())
}

/// The watch of a query that is not broken.
fn watch(dialect: Dialect, query: &str) -> String {
    let found = brought(dialect, query);
    found
        .query
        .unwrap_or_else(|| panic!("{query}: {:?}", found.errors))
}

/// The remarks that are not "the same", as `text: kind hears`.
fn losses(dialect: Dialect, query: &str) -> Vec<(String, Faith, Option<Hears>)> {
    brought(dialect, query)
        .remarks
        .into_iter()
        .filter(|remark| remark.kind != Faith::Exact)
        .map(|remark| (remark.text, remark.kind, remark.hears))
        .collect()
}

fn expect(dialect: Dialect, table: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (query, wanted) in table {
        let found = brought(dialect, query);
        if found.query.as_deref() != Some(*wanted) {
            wrong.push(format!(
                "{query}\n  wanted {wanted}\n  found  {:?} {:?}",
                found.query, found.errors
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn brandwatch_queries_of_hospitals() {
    expect(
        Brandwatch,
        &[
            (
                r#"("St Brigid's" OR brigids OR #StBrigids OR @stbrigids) AND (hospital OR {ER}) NOT (school OR "st brigid* cross")"#,
                r#"("St Brigid's" OR brigids OR #StBrigids OR @stbrigids) AND (hospital OR !ER) AND NOT (school OR "st brigid* cross")"#,
            ),
            (
                "((wait* OR queue) NEAR/5f (hours OR \"all night\")) AND language:en",
                "(wait* OR queue) ONEAR/5 (hours OR \"all night\") AND lang:en",
            ),
            (
                "((cake OR \"ice cream\") AND (birthday OR birthdays))~5",
                "(cake OR \"ice cream\") NEAR/5 (birthday OR birthdays)",
            ),
            ("\"apple juice\"~5", "\"apple juice\"~5"),
            ("customi?e OR complain*", "customi?e OR complain*"),
            (
                "title:\"emergency department\" <<<our own>>> NOT site:(jobs.ie OR irishjobs.ie)",
                "title:\"emergency department\" AND NOT site:jobs.ie,irishjobs.ie",
            ),
            (
                "hospital AND country:gbr AND rating:[1 TO 2] AND authorFollowers:[500 TO 100000]",
                "hospital AND country:gb AND stars:1..2 AND followers:500..100000",
            ),
            (
                "raw:(Google+ OR \"Google +\") OR engagementType:RETWEET",
                "raw:\"Google\\+\" OR raw:\"Google \\+\" OR is:repost",
            ),
            (
                "hashtags:(epicwin OR epicfail) AND at_mentions:hse AND links:hse.ie",
                "(#epicwin OR #epicfail) AND @hse AND link:hse.ie",
            ),
            (
                "city:\"deu.berlin.berlin\" AND url:\"msn.com/news\" AND subreddit: ireland",
                "country:de AND city:berlin AND url:msn.com/news AND url:reddit.com/r/ireland",
            ),
            ("AC/DC AND A&E", "\"AC/DC\" AND A&E"),
            ("wait and see", "wait AND and AND see"),
            (
                "authorGroup:press AND hospital",
                "author:list:press AND hospital",
            ),
            ("topLevelDomain:.ie AND hospital", "site:*.ie AND hospital"),
            ("(a AND b) NEAR/5 c", "a NEAR/5 c AND b NEAR/5 c"),
            ("apple juice", "apple AND juice"),
            ("% AND hospital", "raw:\"\\%\" AND hospital"),
        ],
    );
}

#[test]
fn meltwater_queries_of_hospitals() {
    expect(
        Meltwater,
        &[
            (
                "hospital and (rude or dirty)^2 not (\"animal hospital\" or vet*)",
                "hospital AND (rude OR dirty) AND NOT (\"animal hospital\" OR vet*)",
            ),
            ("hospital near queue", "hospital NEAR/4 queue"),
            ("hospital ONEAR/10 queue", "hospital ONEAR/10 queue"),
            ("sailboat {5}", "atleast/5 sailboat"),
            (
                "wait{2,5} AND hospital",
                "atleast/2 wait AND NOT atleast/6 wait AND hospital",
            ),
            ("bill XNOT \"bill gates\"", "bill NOT NEAR/0 \"bill gates\""),
            ("E\\*trade", "\"E\\*trade\""),
            (
                "ingress:(\"waiting time\" OR queue) AND caseSensitive:(Mercy)",
                "lead:(\"waiting time\" OR queue) AND case:Mercy",
            ),
            (
                "followers >10000 AND likes>=5 AND shares:3",
                "followers:>10000 AND likes:>=5 AND reposts:3",
            ),
            (
                "socialType:\"twitter\" AND language:en AND hashtag:\"hse\"",
                "site:twitter.com,x.com AND lang:en AND #hse",
            ),
            (
                "from:\"hselive\" OR author:\"Mary Byrne\" OR mention:hse",
                "author:hselive OR name:\"Mary Byrne\" OR @hse",
            ),
            ("a OR b AND c", "a OR (b AND c)"),
            ("\"#quarantine\" OR quarantine", "#quarantine OR quarantine"),
            (
                "site:\"*.bbc.*\" AND SourceName:\"r/Ireland\" AND content:hospital",
                "site:*.bbc.* AND url:reddit.com/r/ireland AND text:hospital",
            ),
        ],
    );
}

#[test]
fn talkwalker_queries_of_hospitals() {
    expect(
        Talkwalker,
        &[
            ("cat dog mouse bird", "\"cat dog mouse bird\"~30"),
            ("ABC", "!ABC"),
            ("chocolate -swiss", "chocolate AND NOT swiss"),
            (
                "BlackBerry site:\"www.cnet.com\" site:\"bild.de\"",
                "BlackBerry AND site:cnet.com,bild.de",
            ),
            (
                "(rude SENTENCE staff) AND NOT \"animal hospital\"",
                "rude SENTENCE staff AND NOT \"animal hospital\"",
            ),
            ("rude NOT NEAR/5 staff", "rude NOT NEAR/5 staff"),
            ("rude ONEAR/5 staff", "rude ONEAR/5 staff"),
            ("++\"ABC\" OR ++A&B", "!ABC OR !A&B"),
            ("+\"p&t\" AND x", "p&t AND x"),
            (
                "sourcecountry:ie AND lang:en AND engagement:>10 AND sourcetype:SOCIALMEDIA_TWITTER",
                "country:ie AND lang:en AND engagement:>10 AND site:twitter.com,x.com",
            ),
            (
                "published:>=2026-01-01 AND hospital",
                "date:>=2026-01-01 AND hospital",
            ),
            (
                "published:[1417999319393 TO *] AND hospital",
                "date:2014-12-08T00:41:59.393Z.. AND hospital",
            ),
            (
                "title:(rude OR dirty) AND is:retweet",
                "title:(rude OR dirty) AND is:repost",
            ),
            (
                "wait* && hospital || clinic",
                "(wait* AND hospital) OR clinic",
            ),
            ("hospital + queue", "hospital AND queue"),
        ],
    );
}

#[test]
fn what_is_left_out_says_what_the_watch_hears_for_it() {
    let left = |text: &str, hears| vec![(text.to_owned(), Faith::LeftOut, Some(hears))];
    let table = [
        ("hospital AND objects:39", left("objects:39", Hears::More)),
        ("hospital OR objects:39", left("objects:39", Hears::Less)),
        (
            "hospital NOT (school OR objects:39)",
            left("objects:39", Hears::More),
        ),
        (
            "hospital NOT (school AND objects:39)",
            left("objects:39", Hears::Less),
        ),
        ("hospital NOT objects:39", left("objects:39", Hears::More)),
        (
            "hospital AND (objects:39 AND continent:europe)",
            vec![
                ("objects:39".to_owned(), Faith::LeftOut, Some(Hears::More)),
                (
                    "continent:europe".to_owned(),
                    Faith::LeftOut,
                    Some(Hears::More),
                ),
            ],
        ),
        ("hospital <<<x>>>", left("<<<x>>>", Hears::Same)),
        ("hospital AND unheard:of", left("unheard:of", Hears::More)),
    ];
    for (query, wanted) in table {
        assert_eq!(losses(Brandwatch, query), wanted, "{query}");
    }
    assert_eq!(
        losses(Meltwater, "hospital^2 AND spam:false"),
        [
            ("^2".to_owned(), Faith::LeftOut, Some(Hears::Same)),
            ("spam:false".to_owned(), Faith::LeftOut, Some(Hears::More)),
        ]
    );
}

#[test]
fn what_differs_says_how() {
    let differs = |text: &str, hears| vec![(text.to_owned(), Faith::Differs, hears)];
    assert_eq!(
        losses(Brandwatch, "niño AND hospital"),
        differs("niño", Some(Hears::More))
    );
    assert_eq!(
        losses(Brandwatch, "hospital NOT niño"),
        differs("niño", Some(Hears::Less))
    );
    assert_eq!(
        losses(Brandwatch, "a OR b AND c"),
        differs("OR", None),
        "Brandwatch wants brackets here"
    );
    assert_eq!(losses(Meltwater, "a OR b AND c"), [], "Meltwater says so");
    assert_eq!(
        losses(Talkwalker, "title:rude SENTENCE staff"),
        differs("SENTENCE", Some(Hears::More))
    );
    let remarks = brought(Brandwatch, "hospital NEAR/5f queue").remarks;
    assert_eq!(remarks.len(), 1);
    assert_eq!(
        (
            remarks[0].text.as_str(),
            remarks[0].kind,
            remarks[0].says.as_str()
        ),
        ("NEAR/5f", Faith::Exact, "ONEAR/5 here")
    );
}

#[test]
fn all_faults_are_told_at_once() {
    let faults = |dialect, query: &str| {
        let found = brought(dialect, query);
        assert_eq!(found.query, None, "{query}");
        found
            .errors
            .into_iter()
            .map(|fault| (fault.start, fault.text))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        faults(Brandwatch, "((apple OR ) AND () NEAR b \"x"),
        [
            (0, "(".to_owned()),
            (8, "OR".to_owned()),
            (17, "()".to_owned()),
            (20, "NEAR".to_owned()),
            (27, "\"x".to_owned()),
        ]
    );
    assert_eq!(
        faults(Brandwatch, "a) AND"),
        [(1, ")".to_owned()), (3, "AND".to_owned())]
    );
    assert_eq!(
        faults(Brandwatch, "{AB AND c"),
        [(0, "{AB AND c".to_owned())]
    );
    assert_eq!(faults(Meltwater, "a{x} b{3,2}").len(), 2);
    assert_eq!(faults(Talkwalker, "title: "), [(0, "title:".to_owned())]);
    assert_eq!(faults(Brandwatch, "  "), [(0, "  ".to_owned())]);
    assert_eq!(
        faults(Brandwatch, "objects:39"),
        [(0, "objects:39".to_owned())]
    );
}

fn post(title: &str, text: &str) -> Post {
    Post {
        id: "p".to_owned(),
        title: (!title.is_empty()).then(|| title.to_owned()),
        text: Some(text.to_owned()),
        lang: Some("en".to_owned()),
        country: Some("IE".to_owned()),
        url: Some("https://twitter.com/mary/status/1".to_owned()),
        author: Some(Author {
            handle: Some("mary".to_owned()),
            ..Author::default()
        }),
        ..Post::default()
    }
}

fn hears(query: &str, post: &Post) -> bool {
    let single = Single::compile(query, &library()).expect("a sound watch");
    let mut buffers = Buffers::default();
    let prepared = PreparedPost::new(post, &mut buffers);
    single.matches(
        &prepared,
        jiff::Timestamp::UNIX_EPOCH,
        &mut Scratch::default(),
    )
}

#[test]
fn the_watch_hears_what_the_query_heard() {
    let rude = post(
        "",
        "The staff at St Brigid's were very rude, we waited all night in the ER",
    );
    let kind = post(
        "A lovely hospital",
        "Kind nurses. Rude visitors though, not staff",
    );
    let table = [
        (Brandwatch, "(staff NEAR/5f rude) AND {ER}", true, false),
        (Brandwatch, "staff NEAR/1f rude", false, false),
        (
            Brandwatch,
            "(brigids OR \"st brigid's\") NOT title:hospital",
            true,
            false,
        ),
        (Brandwatch, "\"rude staff\"~5", true, true),
        (
            Brandwatch,
            "country:irl AND site:twitter.com AND author:mary",
            true,
            true,
        ),
        (Meltwater, "staff near rude", false, true),
        (Meltwater, "rude and not lovely", true, false),
        (Meltwater, "title:lovely or socialType:reddit", false, true),
        (Talkwalker, "staff SENTENCE rude", true, true),
        (Talkwalker, "kind SENTENCE rude", false, false),
        (Talkwalker, "ER -lovely", true, false),
        (Talkwalker, "+\"all-night\" OR ++Lovely", true, false),
    ];
    for (dialect, query, first, second) in table {
        let watch = watch(dialect, query);
        assert_eq!(hears(&watch, &rude), first, "{query}: {watch}");
        assert_eq!(hears(&watch, &kind), second, "{query}: {watch}");
    }
}
