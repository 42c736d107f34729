//! HTML as feeds and statuses carry it, turned into plain text with its paragraphs kept.
//!
//! One pass, no recursion, no limit on nesting to run into. What a page would not show (scripts, styles, frames,
//! comments) leaves no trace; nothing here ever produces markup.

/// Text and what it points to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plain {
    /// The words, paragraphs apart by an empty line.
    pub text: String,
    /// Where it points, in the order of appearance.
    pub links: Vec<Link>,
    /// It holds an image, not counting emoji drawn as images.
    pub image: bool,
}

/// An anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The address, http or https.
    pub href: String,
    /// Its classes (`mention`, `hashtag`), as written.
    pub class: String,
}

/// Elements whose content is no text.
const HIDDEN: [&str; 9] = [
    "script", "style", "template", "iframe", "object", "noembed", "noframes", "head", "svg",
];
/// Elements set apart by an empty line.
const APART: [&str; 15] = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "blockquote",
    "pre",
    "table",
    "hr",
    "figure",
    "dl",
];
/// Elements on a line of their own.
const LINES: [&str; 14] = [
    "div",
    "li",
    "tr",
    "br",
    "dt",
    "dd",
    "section",
    "article",
    "header",
    "footer",
    "figcaption",
    "main",
    "address",
    "aside",
];

/// The text of a piece of HTML.
pub fn to_text(html: &str) -> Plain {
    let mut page = Page::default();
    let mut rest = html;
    let mut tags_end = true;
    while let Some((before, after)) = split_at_tag(rest, tags_end) {
        page.text(before);
        match next(after) {
            Some((Token::Tag(tag), tail)) => {
                rest = page.tag(&tag, tail);
            }
            Some((Token::Nothing, tail)) => rest = tail,
            Some((Token::Text(text), tail)) => {
                page.text(text);
                rest = tail;
            }
            None => {
                tags_end = after.contains('>');
                page.text("<");
                rest = after.get(1..).unwrap_or_default();
            }
        }
    }
    page.text(rest);
    page.finish()
}

/// A text that should be plain: turned into text where it holds markup after all, with what it points to.
pub fn plain_if_markup(text: Option<String>) -> (Option<String>, Vec<String>) {
    match text {
        Some(html) if has_markup(&html) => {
            let plain = to_text(&html);
            let links = plain.links.into_iter().map(|link| link.href).collect();
            ((!plain.text.is_empty()).then_some(plain.text), links)
        }
        plain => (plain, Vec::new()),
    }
}

/// Whether a text holds elements of HTML, rather than words around a `<`.
pub fn has_markup(text: &str) -> bool {
    text.contains('<') && tags(text).any(|(name, _)| is_known(&name))
}

/// A text without control characters and without space around it; line breaks become `\n`.
pub fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars()
        .filter(|letter| *letter == '\n' || *letter == '\t' || !letter.is_control())
        .collect::<String>()
        .trim()
        .to_owned()
}

/// The addresses written out in a text.
pub fn addresses(text: &str) -> Vec<String> {
    let starts = text
        .match_indices("http")
        .filter_map(|(at, _)| text.get(at..));
    let mut found = Vec::new();
    let mut reached = text.len() + 1;
    for tail in starts.filter(|tail| tail.starts_with("http://") || tail.starts_with("https://")) {
        if tail.len() > reached {
            continue;
        }
        let end = tail
            .find(|letter: char| letter.is_whitespace() || "<>\"{}|\\^`".contains(letter))
            .unwrap_or(tail.len());
        let (address, after) = tail.split_at(end);
        reached = after.len();
        let address =
            address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', ')', ']', '*', '_', '~']);
        if url::Url::parse(address).is_ok_and(|url| url.has_host()) && found.len() < 100 {
            found.push(address.to_owned());
        }
    }
    found
}

fn is_known(name: &str) -> bool {
    const INLINE: [&str; 12] = [
        "a", "b", "i", "u", "em", "strong", "span", "img", "td", "th", "html", "body",
    ];
    INLINE.contains(&name)
        || HIDDEN.contains(&name)
        || APART.contains(&name)
        || LINES.contains(&name)
}

/// The value of an attribute in the inside of a tag.
pub fn attribute(inside: &str, name: &str) -> Option<String> {
    let mut rest = inside;
    while let Some((key, value, tail)) = next_attribute(rest) {
        if key.eq_ignore_ascii_case(name) {
            return Some(html_escape::decode_html_entities(value).into_owned());
        }
        rest = tail;
    }
    None
}

/// Goes through the tags of a page: name in lower case and the inside, as `link` and `rel="alternate" href="/f"`.
pub fn tags(html: &str) -> impl Iterator<Item = (String, &str)> {
    let mut rest = html;
    std::iter::from_fn(move || {
        while let Some(at) = rest.find('<') {
            let (_, after) = rest.split_at(at);
            match next(after) {
                Some((Token::Tag(tag), tail)) => {
                    rest =
                        if tag.is_open && HIDDEN.contains(&tag.name.as_str()) && tag.name != "head"
                        {
                            skip_to_close(tail, &tag.name).unwrap_or_default()
                        } else {
                            tail
                        };
                    if tag.is_open {
                        return Some((tag.name, tag.inside));
                    }
                }
                Some((Token::Nothing | Token::Text(_), tail)) => rest = tail,
                None => {
                    if !after.contains('>') {
                        return None;
                    }
                    rest = after.get(1..).unwrap_or_default();
                }
            }
        }
        None
    })
}

enum Token<'a> {
    Tag(Tag<'a>),
    Text(&'a str),
    Nothing,
}

struct Tag<'a> {
    name: String,
    inside: &'a str,
    is_open: bool,
}

fn split_at_tag(rest: &str, tags_end: bool) -> Option<(&str, &str)> {
    if !tags_end {
        return None;
    }
    rest.find('<').map(|at| rest.split_at(at))
}

/// Reads what starts with `<`; `None` when it is an ordinary character.
fn next(after: &str) -> Option<(Token<'_>, &str)> {
    if let Some(comment) = after.strip_prefix("<!--") {
        return Some((
            Token::Nothing,
            comment.split_once("-->").map_or("", |(_, tail)| tail),
        ));
    }
    if let Some(data) = after.strip_prefix("<![CDATA[") {
        let (text, tail) = data.split_once("]]>").unwrap_or((data, ""));
        return Some((Token::Text(text), tail));
    }
    let inside = after.strip_prefix('<')?;
    if inside.starts_with(['!', '?']) {
        return inside
            .split_once('>')
            .map(|(_, tail)| (Token::Nothing, tail));
    }
    let (is_open, named) = match inside.strip_prefix('/') {
        Some(closing) => (false, closing),
        None => (true, inside),
    };
    if !named.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        return None;
    }
    let end = tag_end(named)?;
    let (content, tail) = named.split_at(end);
    let name_end = content
        .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != ':' && letter != '-')
        .unwrap_or(content.len());
    let (name, attributes) = content.split_at(name_end);
    let tag = Tag {
        name: name.to_ascii_lowercase(),
        inside: attributes,
        is_open,
    };
    Some((Token::Tag(tag), tail.get(1..).unwrap_or_default()))
}

/// Where the `>` of a tag stands, quotes respected; with a quote that never closes, the first `>` counts.
fn tag_end(named: &str) -> Option<usize> {
    let mut quote = None;
    let mut before_value = false;
    for (at, letter) in named.char_indices() {
        match (quote, letter) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') if before_value => quote = Some(letter),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
        before_value = letter == '=' || (before_value && letter.is_ascii_whitespace());
    }
    named.find('>')
}

fn next_attribute(inside: &str) -> Option<(&str, &str, &str)> {
    let rest =
        inside.trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == '/');
    if rest.is_empty() {
        return None;
    }
    let key_end = rest
        .char_indices()
        .skip(1)
        .find(|(_, letter)| letter.is_ascii_whitespace() || *letter == '=' || *letter == '/')
        .map_or(rest.len(), |(at, _)| at);
    let (key, tail) = rest.split_at(key_end);
    let Some(value) = tail.trim_start().strip_prefix('=') else {
        return Some((key, "", tail));
    };
    let value = value.trim_start();
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            let (content, tail) = quoted.split_once(quote).unwrap_or((quoted, ""));
            return Some((key, content, tail));
        }
    }
    let end = value
        .find(|letter: char| letter.is_ascii_whitespace())
        .unwrap_or(value.len());
    let (content, tail) = value.split_at(end);
    Some((key, content, tail))
}

/// What follows the closing tag of `name`; `None` when it is never closed.
fn skip_to_close<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = text;
    while let Some(at) = rest.find("</") {
        let (_, after) = rest.split_at(at);
        let inside = after.get(2..).unwrap_or_default();
        if inside
            .get(..name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name))
        {
            return Some(inside.split_once('>').map_or("", |(_, tail)| tail));
        }
        rest = inside;
    }
    None
}

/// The text while it grows.
#[derive(Default)]
struct Page {
    out: String,
    breaks: usize,
    space: bool,
    pre: usize,
    links: Vec<Link>,
    image: bool,
    /// A drawing was begun that is never closed; further ones are not looked for.
    open_drawing: bool,
}

impl Page {
    fn text(&mut self, raw: &str) {
        if raw.is_empty() {
            return;
        }
        let decoded = html_escape::decode_html_entities(raw);
        for letter in decoded.chars() {
            self.letter(letter);
        }
    }

    fn letter(&mut self, letter: char) {
        if letter == '\n' && self.pre > 0 {
            self.line(1);
        } else if letter.is_whitespace() {
            self.space = true;
        } else if !letter.is_control() {
            self.flush();
            self.out.push(letter);
        }
    }

    fn flush(&mut self) {
        if self.out.is_empty() {
            self.breaks = 0;
        }
        if self.breaks > 0 {
            self.out.extend(std::iter::repeat_n('\n', self.breaks));
        } else if self.space && !self.out.is_empty() {
            self.out.push(' ');
        }
        self.breaks = 0;
        self.space = false;
    }

    fn line(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
        self.space = false;
    }

    /// Takes a tag in and says where reading goes on.
    fn tag<'a>(&mut self, tag: &Tag<'_>, tail: &'a str) -> &'a str {
        let name = tag.name.as_str();
        if tag.is_open && HIDDEN.contains(&name) {
            let is_empty = tag.inside.trim_end().ends_with('/');
            if is_empty || (name == "svg" && self.open_drawing) {
                return tail;
            }
            let closed = skip_to_close(tail, name);
            if closed.is_none() && name == "svg" {
                // A drawing that is never closed hides nothing: the words after it are somebody's.
                self.open_drawing = true;
                return tail;
            }
            return closed.unwrap_or_default();
        }
        if name == "br" {
            let breaks = (self.breaks + 1).min(2);
            self.line(breaks);
        } else if APART.contains(&name) {
            self.line(2);
        } else if LINES.contains(&name) {
            self.line(1);
        } else if matches!(name, "td" | "th") {
            self.space = true;
        }
        match (name, tag.is_open) {
            ("pre", true) => self.pre += 1,
            ("pre", false) => self.pre = self.pre.saturating_sub(1),
            ("li", true) => {
                self.flush();
                self.out.push('-');
                self.space = true;
            }
            ("a", true) => self.anchor(tag.inside),
            ("img", true) => self.picture(tag.inside),
            _ => {}
        }
        tail
    }

    fn anchor(&mut self, inside: &str) {
        let Some(href) = attribute(inside, "href") else {
            return;
        };
        let href = href.trim();
        let is_web = ["http://", "https://"].iter().any(|scheme| {
            href.get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        });
        if is_web && self.links.len() < 200 {
            let class = attribute(inside, "class").unwrap_or_default();
            self.links.push(Link {
                href: href.to_owned(),
                class,
            });
        }
    }

    /// An emoji drawn as an image is its character; any other image is an image.
    fn picture(&mut self, inside: &str) {
        let alt = attribute(inside, "alt").unwrap_or_default();
        let is_emoji = !alt.is_empty()
            && alt.chars().count() <= 8
            && !alt.chars().any(|letter| letter.is_ascii());
        if is_emoji {
            alt.chars().for_each(|letter| self.letter(letter));
        } else {
            self.image = true;
        }
    }

    fn finish(self) -> Plain {
        Plain {
            text: self.out,
            links: self.links,
            image: self.image,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(html: &str) -> String {
        to_text(html).text
    }

    #[test]
    fn paragraphs_lists_and_breaks_are_kept() {
        assert_eq!(text("<p>One</p><p>Two<br>Three</p>"), "One\n\nTwo\nThree");
        assert_eq!(
            text("<ul><li>Beds</li><li> Food </li></ul>After"),
            "- Beds\n- Food\n\nAfter"
        );
        assert_eq!(text("  a \n b&nbsp;&nbsp;c  "), "a b c");
        assert_eq!(text("<pre>x\ny</pre>z"), "x\ny\n\nz");
    }

    #[test]
    fn a_status_keeps_its_mention_and_its_whole_address() {
        let plain = to_text(
            r#"<p><span class="h-card"><a href="https://care.example/@riverside" class="u-url mention">@<span>riverside</span></a></span> see <a href="https://example.org/a/long"><span class="invisible">https://</span><span class="ellipsis">example.org/a</span><span class="invisible">/long</span></a></p>"#,
        );
        assert_eq!(plain.text, "@riverside see https://example.org/a/long");
        assert_eq!(plain.links.len(), 2);
        assert_eq!(plain.links[0].class, "u-url mention");
    }

    #[test]
    fn what_a_page_hides_leaves_no_trace() {
        assert_eq!(
            text("a<script>alert('<p>')</script>b<STYLE>p{}</STYLE >c<!-- d -->e"),
            "abce"
        );
        assert_eq!(text("a<script>never closed"), "a");
        assert_eq!(
            text("a <svg onload='x'> at our hospital"),
            "a at our hospital"
        );
        assert_eq!(text("a <svg><text>drawn</text></svg>word"), "a word");
        assert_eq!(
            text("&lt;b&gt; stays text &#x1F642;"),
            "<b> stays text \u{1F642}"
        );
        assert_eq!(
            text("<img alt='\u{1F642}' src=x><img alt='ward' src=y>!"),
            "\u{1F642}!"
        );
    }

    #[test]
    fn a_lone_bracket_is_a_character() {
        assert_eq!(
            text("waited <2 hours & then 3 < 4"),
            "waited <2 hours & then 3 < 4"
        );
        assert_eq!(text("I waited <two hours"), "I waited <two hours");
        assert!(!has_markup("pain 3 < 4 > 2, <3 <hug>"));
        assert!(has_markup("x<p>y"));
    }

    #[test]
    fn addresses_in_a_text_are_found_once_and_whole() {
        assert_eq!(
            addresses("see https://a.example/x?u=http://b.example. And (http://c.example/d)!"),
            [
                "https://a.example/x?u=http://b.example",
                "http://c.example/d"
            ]
        );
        assert!(addresses("http:// https://").is_empty());
    }

    #[test]
    fn deep_nesting_and_open_quotes_are_read_in_one_pass() {
        assert_eq!(text(&format!("{}x", "<div>".repeat(200_000))), "x");
        assert_eq!(text(&"<a \">".repeat(100_000)).len(), 0);
        assert!(text(&"<a href=\"".repeat(50_000)).starts_with("<a href"));
    }

    proptest! {
        #[test]
        fn any_text_gives_clean_text(html in ".{0,400}") {
            let plain = text(&html);
            prop_assert!(plain.chars().all(|letter| letter == '\n' || !letter.is_control()));
            prop_assert_eq!(plain.trim(), plain.as_str());
        }

        #[test]
        fn any_soup_of_tags_is_read(soup in proptest::collection::vec(
            prop_oneof![Just("<p>"), Just("</p>"), Just("<script>"), Just("</script>"), Just("<!--"), Just("-->"),
                Just("<a href='"), Just("'>"), Just("word "), Just("&amp;"), Just("<"), Just("\u{e9}"), Just("<li>")], 0..60)) {
            let plain = text(&soup.concat());
            prop_assert!(!plain.contains("\n\n\n"));
        }

        #[test]
        fn plain_words_stay(words in "[a-z]{1,8}( [a-z]{1,8}){0,5}") {
            prop_assert_eq!(text(&words), words);
        }
    }
}
