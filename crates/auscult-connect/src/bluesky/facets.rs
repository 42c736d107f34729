//! Links, mentions and hashtags in a text, with their places in UTF-8 bytes.

/// A stretch of a text with a meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    /// First byte.
    pub(super) start: usize,
    /// Byte after the last.
    pub(super) end: usize,
    /// What it is.
    pub(super) kind: SpanKind,
}

/// What a stretch is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SpanKind {
    /// An address.
    Link(String),
    /// A handle, without the sign; to be resolved.
    Mention(String),
    /// A hashtag, without the sign.
    Tag(String),
}

/// Characters of a hashtag at most.
const TAG_CAP: usize = 64;

/// Finds what stands in a text, left to right, never overlapping.
pub(super) fn spans(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut offset = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        if let Some(span) = word_span(word, offset) {
            found.push(span);
        }
        offset += word.len();
    }
    found
}

fn word_span(word: &str, offset: usize) -> Option<Span> {
    let word = word.trim_end();
    let inner =
        word.trim_start_matches(['(', '[', '{', '"', '\'', '“', '‘', '«', '¡', '¿', '*', '_']);
    let start = offset + word.len() - inner.len();
    let (kind, length) = if let Some(rest) = inner.strip_prefix('@') {
        let handle = handle(rest)?;
        (
            SpanKind::Mention(handle.to_ascii_lowercase()),
            1 + handle.len(),
        )
    } else if let Some(rest) = inner.strip_prefix(['#', '＃']) {
        let tag = tag(rest)?;
        (
            SpanKind::Tag(tag.to_owned()),
            inner.len() - rest.len() + tag.len(),
        )
    } else {
        let link = link(inner)?;
        (SpanKind::Link(link.to_owned()), link.len())
    };
    Some(Span {
        start,
        end: start + length,
        kind,
    })
}

/// A handle is a host name with a dot.
fn handle(rest: &str) -> Option<&str> {
    let end = rest
        .find(|sign: char| !(sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-')))
        .unwrap_or(rest.len());
    let handle = rest.get(..end)?.trim_end_matches(['.', '-']);
    // What goes on with a sign of its own kind (`@ward@server.example`) is another network's name.
    if rest.get(handle.len()..)?.starts_with('@') {
        return None;
    }
    let labels: Vec<&str> = handle.split('.').collect();
    let good = |label: &&str| {
        !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
    };
    let ends_in_letters = labels
        .last()?
        .starts_with(|sign: char| sign.is_ascii_alphabetic());
    (labels.len() >= 2 && handle.len() <= 253 && labels.iter().all(good) && ends_in_letters)
        .then_some(handle)
}

/// A hashtag is letters, digits and inner signs, not digits alone.
fn tag(rest: &str) -> Option<&str> {
    let end = rest
        .find(|sign: char| {
            sign.is_whitespace() || matches!(sign, '#' | '＃' | '\u{200b}' | '\u{ad}')
        })
        .unwrap_or(rest.len());
    let tag = rest
        .get(..end)?
        .trim_end_matches(|sign: char| !sign.is_alphanumeric());
    let speaks = tag.chars().any(char::is_alphabetic);
    (speaks && tag.chars().count() <= TAG_CAP).then_some(tag)
}

/// An address with its scheme, without the signs of the sentence behind it.
fn link(word: &str) -> Option<&str> {
    let rest = word
        .strip_prefix("https://")
        .or_else(|| word.strip_prefix("http://"))?;
    if !rest.starts_with(char::is_alphanumeric) || !rest.contains('.') {
        return None;
    }
    let mut link = word;
    loop {
        let shorter = link.trim_end_matches([
            '.', ',', ';', ':', '!', '?', '"', '\'', '”', '’', '»', '…', '*', '_',
        ]);
        let unbalanced = |open, close| {
            shorter.ends_with(close)
                && shorter.matches(close).count() > shorter.matches(open).count()
        };
        let shorter = if unbalanced('(', ')') || unbalanced('[', ']') {
            shorter.get(..shorter.len() - 1)?
        } else {
            shorter
        };
        if shorter.len() == link.len() {
            return Some(link);
        }
        link = shorter;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<(String, SpanKind)> {
        spans(text)
            .into_iter()
            .map(|span| {
                (
                    text.get(span.start..span.end).unwrap().to_owned(),
                    span.kind,
                )
            })
            .collect()
    }

    #[test]
    fn bytes_are_counted_not_letters() {
        let text = "Größe 👩‍⚕️ @hospital.test – see https://river.example/er?a=1, #KöllnWest!";
        let spans = found(text);
        assert_eq!(
            spans[0],
            (
                "@hospital.test".to_owned(),
                SpanKind::Mention("hospital.test".to_owned())
            )
        );
        assert_eq!(spans[1].0, "https://river.example/er?a=1");
        assert_eq!(
            spans[2],
            (
                "#KöllnWest".to_owned(),
                SpanKind::Tag("KöllnWest".to_owned())
            )
        );
    }

    #[test]
    fn signs_of_the_sentence_stay_outside() {
        assert_eq!(
            found("(see https://river.example/a_(b)).")[0].0,
            "https://river.example/a_(b)"
        );
        assert_eq!(
            found("Ask @Ward.River.Example.")[0].1,
            SpanKind::Mention("ward.river.example".to_owned())
        );
        assert_eq!(found("#care, #2026 # ##x")[0].0, "#care");
        assert_eq!(
            found("#2026 mail@river.example @ward @ward@server.example http:// https://x"),
            vec![]
        );
    }

    proptest! {
        #[test]
        fn spans_are_in_order_and_on_letters(text in r"([a-zé👩 #@(.)]|https://|river\.example|\n){0,60}") {
            let mut last = 0;
            for span in spans(&text) {
                prop_assert!(span.start >= last && span.end > span.start && span.end <= text.len());
                prop_assert!(text.get(span.start..span.end).is_some());
                last = span.end;
            }
        }

        #[test]
        fn no_text_breaks_it(text in any::<String>()) {
            for span in spans(&text) {
                prop_assert!(text.get(span.start..span.end).is_some());
            }
        }
    }
}
