//! Feeds as the web has them.

use auscult_model::post::PostKind;
use proptest::prelude::*;

use super::document::NoFeed;
use super::entry::{inbound, kind_of};
use super::*;

const BASE: &str = "https://blog.example/comments/feed/";

fn read(text: &str) -> Feed {
    parse(text.as_bytes(), "application/xml", BASE).unwrap_or_else(|error| panic!("{error:?}"))
}

fn posts(text: &str, base: &str) -> Vec<InboundPost> {
    let feed = parse(text.as_bytes(), "", base).unwrap();
    feed.items
        .iter()
        .flatten()
        .map(|item| inbound(&feed, item, base, kind_of(base)))
        .collect()
}

const COMMENTS: &str = r#"<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel><title>Comments for Riverside &amp; friends</title><atom:link href="https://blog.example/comments/feed/" rel="self"/><sy:updatePeriod>hourly</sy:updatePeriod>
<item><title>Comment on New ward by Ana</title><link>https://blog.example/2026/11/new-ward/#comment-5</link><dc:creator><![CDATA[Ana]]></dc:creator>
<pubDate>Mon, 02 Nov 2026 09:14:05 +0000</pubDate><guid isPermaLink="false">https://blog.example/?p=12#comment-5</guid>
<description>Waited three hours &amp;#8230;</description><content:encoded><![CDATA[<p>Waited <b>three</b> hours.</p><p>Nobody said why. <item>x</item></p>]]></content:encoded></item>
</channel></rss>"#;

#[test]
fn a_comment_stands_below_its_article() {
    let comments = posts(COMMENTS, BASE);
    let comment = &comments[0];
    assert_eq!(comment.post.kind, Some(PostKind::Comment));
    assert_eq!(comment.post.id, "https://blog.example/?p=12#comment-5");
    assert_eq!(comment.thread_root, "https://blog.example/?p=12");
    assert_eq!(
        comment.post.text.as_deref(),
        Some("Waited three hours.\n\nNobody said why. x")
    );
    assert_eq!(
        comment.post.author.as_ref().unwrap().name.as_deref(),
        Some("Ana")
    );
    assert_eq!(
        comment.posted_at.unwrap().to_string(),
        "2026-11-02T09:14:05Z"
    );
    let feed = read(COMMENTS);
    assert_eq!(
        (feed.title.as_deref(), feed.minutes),
        (Some("Comments for Riverside & friends"), Some(60))
    );
}

#[test]
fn atom_and_json_feed_say_the_same() {
    let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>G</title><link rel="hub" href="https://hub.example/"/>
<link rel="self" href="https://g.example/f"/><id>x</id><updated>2026-11-02T08:30:00Z</updated><entry><title type="html">Riverside &amp;amp; opens</title><id>tag:g.example,2026:1</id>
<link rel="alternate" href="/2026/11/riverside"/><published>2026-11-02T08:00:00Z</published><updated>2026-11-02T08:30:00Z</updated>
<author><name>R. Dahl</name></author><content type="html">&lt;p&gt;The ward opens Monday.&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;</content></entry></feed>"#;
    let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":"G","items":[{"id":"tag:g.example,2026:1","url":"https://g.example/2026/11/riverside",
"title":"Riverside & opens","content_text":"The ward opens Monday.","date_published":"2026-11-02T08:00:00Z","date_modified":"2026-11-02T08:30:00Z","authors":[{"name":"R. Dahl"}],"language":"en"},5]}"#;
    let base = "https://g.example/f";
    let (one, other) = (posts(atom, base), posts(json, base));
    for both in [&one[0], &other[0]] {
        assert_eq!(both.post.title.as_deref(), Some("Riverside & opens"));
        assert_eq!(both.post.text.as_deref(), Some("The ward opens Monday."));
        assert_eq!(
            both.post.url.as_deref(),
            Some("https://g.example/2026/11/riverside")
        );
        assert_eq!(both.version_at.unwrap().to_string(), "2026-11-02T08:30:00Z");
        assert_eq!(both.post.kind, Some(PostKind::Article));
    }
    let feed = parse(atom.as_bytes(), "", base).unwrap();
    assert_eq!(
        feed.hub,
        Some((
            "https://hub.example/".to_owned(),
            "https://g.example/f".to_owned()
        ))
    );
    assert_eq!(
        parse(json.as_bytes(), "", base)
            .unwrap()
            .items
            .iter()
            .filter(|item| item.is_err())
            .count(),
        1
    );
}

fn channel(items: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>")
}

#[test]
fn one_broken_item_costs_nobody_else() {
    let deep = format!(
        "<item><guid>3</guid><title>t</title>{}{}</item>",
        "<a>".repeat(5_000),
        "</a>".repeat(5_000)
    );
    let text = channel(&format!(
        "<item><guid>1</guid><title>one</title></item><item><guid>2</guid><title>two</b></title></item>{deep}\
         <item><guid>4</guid><title>cut <item><guid>5</guid><title>five</title></item>"
    ));
    let feed = read(&text);
    let good: Vec<&str> = feed
        .items
        .iter()
        .flatten()
        .map(|item| item.id.as_str())
        .collect();
    assert_eq!(good, ["1", "5"]);
    assert_eq!(feed.items.iter().filter(|item| item.is_err()).count(), 3);
    assert_eq!(
        posts(&text, "https://blog.example/feed/")[0].post.id,
        "feed:blog.example/1"
    );
}

#[test]
fn entities_of_a_document_type_are_never_resolved() {
    let bomb = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY x SYSTEM \"file:///etc/passwd\">]>{}",
        channel("<item><guid>1</guid><title>&b;&x;</title><description>words</description></item>")
    );
    let feed = read(&bomb);
    let title = feed.items[0].as_ref().unwrap().title.clone().unwrap();
    assert!(!title.contains("lol") && !title.contains("root"), "{title}");
}

#[test]
fn what_is_no_feed_says_what_it_is() {
    let page = "<!DOCTYPE html><html><head><link rel=\"alternate\" type=\"application/rss+xml\" title=\"Posts\" href=\"/feed/\"></head>";
    assert!(matches!(
        parse(page.as_bytes(), "text/html", BASE),
        Err(NoFeed::Page(_))
    ));
    let named = discover::feeds(page, "https://blog.example/about/");
    assert_eq!(
        (named[0].url.as_str(), named[0].title.as_str()),
        ("https://blog.example/feed/", "Posts")
    );
    assert!(
        discover::feeds(
            "<link rel=alternate type=application/rss+xml href='javascript:x'>",
            BASE
        )
        .is_empty()
    );
    for text in [
        "",
        "hello",
        "{\"a\":1}",
        "{\"items\":[",
        "<svg></svg>",
        "<rss version=\"2.0\"><channel><item><title>cut",
    ] {
        assert!(
            matches!(parse(text.as_bytes(), "", BASE), Err(NoFeed::Other(_))),
            "{text}"
        );
    }
}

#[test]
fn encodings_are_heard_out() {
    let text =
        channel("<item><guid>1</guid><title>Pflege f\u{fc}r Gro\u{df} und Klein</title></item>");
    let latin = encoding_rs::WINDOWS_1252.encode(&text).0.into_owned();
    let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let declared = [
        b"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>".as_slice(),
        &latin,
    ]
    .concat();
    let wrongly = [
        b"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>".as_slice(),
        text.as_bytes(),
    ]
    .concat();
    for (bytes, header) in [
        (latin, "text/xml; charset=iso-8859-1"),
        (marked, ""),
        (utf16, ""),
        (declared, ""),
        (wrongly, ""),
    ] {
        let feed = parse(&bytes, header, BASE).unwrap();
        assert_eq!(
            feed.items[0].as_ref().unwrap().title.as_deref(),
            Some("Pflege f\u{fc}r Gro\u{df} und Klein"),
            "{header}"
        );
    }
}

#[test]
fn a_push_is_known_by_its_signature() {
    let secret = crate::contract::Secret::new("s3cret");
    let good = crate::webhook::verify::sign_body(&secret, b"<feed/>");
    assert!(websub::is_signed(&secret, &good, b"<feed/>"));
    assert!(
        !websub::is_signed(&secret, &good, b"<feed>")
            && !websub::is_signed(&secret, "sha1=00", b"")
            && !websub::is_signed(&secret, "", b"")
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _feed = parse(&bytes, "text/xml", BASE);
    }

    #[test]
    fn any_soup_of_elements_is_read(soup in proptest::collection::vec(prop_oneof![
        Just("<item>"), Just("</item>"), Just("<title>"), Just("</title>"), Just("<![CDATA["), Just("]]>"), Just("<guid>a</guid>"),
        Just("<!--"), Just("-->"), Just("words \u{e9}"), Just("<entry/>"), Just("&amp;"), Just("<a b='"), Just("'>"), Just("</channel>")], 0..40)) {
        if let Ok(feed) = parse(channel(&soup.concat()).as_bytes(), "", BASE) {
            for item in feed.items.iter().flatten() {
                let post = inbound(&feed, item, BASE, PostKind::Comment);
                prop_assert!(!post.post.id.is_empty() && !post.thread_root.is_empty());
            }
        }
    }

    #[test]
    fn whole_items_are_all_read(titles in proptest::collection::vec("[a-z]{1,8}", 0..12)) {
        let item = |(at, title): (usize, &String)| format!("<item><guid>{at}</guid><title>{title}</title></item>");
        let items: Vec<String> = titles.iter().enumerate().map(item).collect();
        let feed = read(&channel(&items.concat()));
        let read: Vec<String> = feed.items.iter().map(|item| item.as_ref().unwrap().title.clone().unwrap()).collect();
        prop_assert_eq!(read, titles);
    }
}
