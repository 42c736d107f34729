//! Hashtags and mentions, found beside the words (docs/specs/watch-language.md, 2.4).

use super::cut::{Cut, hash, narrow};
use super::{Tag, Word};
use crate::fold::{self, Class, traits};

/// Looks at every sign that was met outside addresses.
pub(super) fn find(cut: &mut Cut, source: &str) {
    let signs = cut.take_signs();
    let mut free_from = 0;
    for sign in &signs {
        let at = *sign as usize;
        if at < free_from {
            continue;
        }
        let before = if follows_url(cut, at) {
            None
        } else {
            source.get(..at).and_then(|text| text.chars().next_back())
        };
        let Some(sign) = source.get(at..).and_then(|text| text.chars().next()) else {
            continue;
        };
        if before.is_some_and(|character| traits(character).is_letter_mark_or_number()) {
            continue;
        }
        let start = at + sign.len_utf8();
        let rest = source
            .get(start..url_after(cut, start).unwrap_or(source.len()))
            .unwrap_or_default();
        if sign != '@' {
            hashtag(cut, at, start, rest);
        } else if before != Some('_') {
            free_from = mention(cut, at, start, rest);
        }
    }
    cut.give_signs_back(signs);
}

fn follows_url(cut: &Cut, at: usize) -> bool {
    cut.urls()
        .binary_search_by_key(&narrow(at), |(_, end)| *end)
        .is_ok()
}

fn url_after(cut: &Cut, at: usize) -> Option<usize> {
    let index = cut
        .urls()
        .partition_point(|(start, _)| (*start as usize) < at);
    cut.urls().get(index).map(|(start, _)| *start as usize)
}

/// The length in bytes of the hashtag run that `text` begins with; 0 for none.
pub(crate) fn hashtag_run(text: &str) -> usize {
    let begins = text.chars().next().is_some_and(|first| {
        first == '_' || matches!(traits(first).class(), Class::Word | Class::Spaceless)
    });
    if !begins {
        return 0;
    }
    text.find(|character| !is_hashtag_character(character))
        .unwrap_or(text.len())
}

/// A code point that a hashtag may have after its sign.
pub(crate) fn is_hashtag_character(character: char) -> bool {
    character == '_'
        || matches!(
            traits(character).class(),
            Class::Word | Class::Spaceless | Class::Mark | Class::Ignorable
        )
}

/// A code point that a mention may have after its sign.
pub(crate) const fn is_mention_character(character: char) -> bool {
    matches!(character, 'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '.' | '-' | '@')
}

fn hashtag(cut: &mut Cut, at: usize, start: usize, rest: &str) {
    let run = rest.get(..hashtag_run(rest)).unwrap_or_default();
    if !run.chars().any(|character| traits(character).is_letter()) {
        return;
    }
    let Some((value_start, value_end, hash)) = cut.form(|out| fold::fold_into(run, out)) else {
        return;
    };
    let (start, end) = (narrow(at), narrow(start + run.len()));
    let words = words_in(cut.words(), start, end);
    cut.push_hashtag(Tag {
        start,
        end,
        value_start,
        value_end,
        hash,
        words,
    });
}

fn mention(cut: &mut Cut, at: usize, start: usize, rest: &str) -> usize {
    let length = rest
        .find(|character| !is_mention_character(character))
        .unwrap_or(rest.len());
    let run = rest
        .get(..length)
        .unwrap_or_default()
        .trim_end_matches(['.', '-', '@']);
    if !run.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
        return start + length;
    }
    let end = start + run.len();
    let (value_start, value_end, _) = cut.lower_form(start, end);
    let words = words_in(cut.words(), narrow(at), narrow(end));
    let name = run.to_ascii_lowercase();
    cut.push_mention(Tag {
        start: narrow(at),
        end: narrow(end),
        value_start,
        value_end,
        hash: hash(name.as_bytes()),
        words,
    });
    end
}

/// First and last position of the words that share a byte with a range; (1, 0) when there is none.
fn words_in(words: &[Word], start: u32, end: u32) -> (u32, u32) {
    let first = words.partition_point(|word| word.end <= start);
    let after = words.partition_point(|word| word.start < end);
    if first < after {
        (narrow(first), narrow(after - 1))
    } else {
        (1, 0)
    }
}
