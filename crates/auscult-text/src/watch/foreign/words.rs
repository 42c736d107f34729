//! Words and phrases of other suites, written so that a watch means them.

use super::super::parse as parse_watch;
use super::super::{Code, Kind};
use super::fields;
use super::out::Out;

/// What words become.
#[derive(Debug)]
pub(super) enum Said {
    /// Words, a hashtag or a mention.
    Words(Out),
    /// Nothing but signs: characters, compared exactly.
    Signs(Out),
    /// An address, sought among the links.
    Address(Out),
    /// No watch can hear it.
    Nothing,
}

/// Writes words; `text` is escaped as in a watch, `slop` is how many other words may stand between.
pub(super) fn words(text: &str, exact: bool, slop: Option<u32>) -> Said {
    let text = text.trim();
    if !exact && slop.is_none() && text.starts_with(['#', '@']) && is_tag(text) {
        return Said::Words(Out::Words(text.to_owned()));
    }
    if is_address(text) {
        return Said::Address(fields::value("link:", text));
    }
    let mark = if exact { "!" } else { "" };
    let trimmed = text.trim_matches([',', ';', '.', ':']);
    let written = match slop {
        Some(count) => format!("{mark}\"{text}\"~{count}"),
        None if is_bare(trimmed) => format!("{mark}{trimmed}"),
        None => format!("{mark}\"{text}\""),
    };
    if slop.is_none() && is_bare(trimmed) && trimmed.bytes().all(|b| b.is_ascii_alphanumeric()) {
        // Most words are simple, and are words without asking.
        return Said::Words(Out::Words(written));
    }
    let parsed = parse_watch(&written);
    match (parsed.tree, parsed.errors.first()) {
        (Some(tree), _) if matches!(tree.kind, Kind::Words(_)) => Said::Words(Out::Words(written)),
        (_, Some(error)) if error.code == Code::NoWords => signs(text),
        _ => Said::Nothing,
    }
}

/// Characters, compared exactly.
pub(super) fn signs(text: &str) -> Said {
    let mut literal = String::with_capacity(text.len() + 2);
    let mut is_escaped = false;
    for character in text.trim().chars() {
        if character == '\\' && !is_escaped {
            is_escaped = true;
            continue;
        }
        is_escaped = false;
        if !character.is_alphanumeric() && !character.is_whitespace() {
            literal.push('\\');
        }
        literal.push(character);
    }
    let out = Out::Raw(format!("\"{literal}\""));
    if fields::trouble(&out).is_some() {
        return Said::Nothing;
    }
    Said::Signs(out)
}

/// Whether a wildcard of a watch is in it.
pub(super) fn has_wildcards(text: &str) -> bool {
    let mut is_escaped = false;
    for character in text.chars() {
        if is_escaped {
            is_escaped = false;
        } else if character == '\\' {
            is_escaped = true;
        } else if matches!(character, '*' | '?') {
            return true;
        }
    }
    false
}

fn is_tag(text: &str) -> bool {
    let is_simple = |character: char| {
        character.is_alphanumeric() || matches!(character, '#' | '@' | '_' | '.' | '-' | '*' | '?')
    };
    text.chars().all(is_simple)
        && parse_watch(text)
            .tree
            .is_some_and(|tree| matches!(tree.kind, Kind::Hashtag(_) | Kind::Mention(_)))
}

fn is_address(text: &str) -> bool {
    ["http://", "https://", "www."].iter().any(|start| {
        text.get(..start.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(start))
            && text.len() > start.len()
            && !text.contains(char::is_whitespace)
    })
}

/// Whether it needs no quotes: a word that nothing in a watch takes for something else.
fn is_bare(text: &str) -> bool {
    let is_simple = |character: char| {
        character.is_alphanumeric() || matches!(character, '*' | '?' | '\'' | '’' | '-' | '&')
    };
    text.starts_with(|first: char| first.is_alphanumeric() || first == '*')
        && text.chars().all(is_simple)
        && !matches!(
            text,
            "AND" | "OR" | "NOT" | "OF" | "NEAR" | "ONEAR" | "SENTENCE" | "PARAGRAPH"
        )
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "near" | "onear" | "atleast"
        )
}
