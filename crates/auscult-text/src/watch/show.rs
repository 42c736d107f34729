//! A watch for people to read: classes of its characters for colours, and the text in one form.

#![expect(clippy::format_push_string, reason = "a count is rare")]

use super::error::Span;
use super::field::Field;
use super::lex::{Item, Token, items};

/// What a piece of a watch is, for colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A word.
    Word,
    /// A phrase in quotes.
    Phrase,
    /// AND, OR, NOT, NEAR and their like, a minus.
    Operator,
    /// A bracket or comma.
    Bracket,
    /// The name of a field with its colon.
    Field,
    /// A value.
    Value,
    /// A hashtag or mention.
    Tag,
    /// A comment.
    Comment,
    /// What could not be read.
    Fault,
}

/// The pieces of a watch with their classes, from left to right; white space is left out.
pub fn highlight(query: &str) -> Vec<(Span, Class)> {
    let chars: Vec<char> = query.chars().collect();
    // What stands before a fault is coloured, the rest is marked.
    let mut end = chars.len();
    let found = loop {
        match items(chars.get(..end).unwrap_or_default()) {
            Ok(found) => break found,
            Err(fault) if fault.span.start < end => end = fault.span.start,
            Err(_) => end = end.saturating_sub(1),
        }
        if end == 0 {
            break super::lex::Items::default();
        }
    };
    let mut pieces: Vec<(Span, Class)> = found
        .items
        .iter()
        .map(|item| (item.span, class(&item.token)))
        .collect();
    pieces.extend(found.comments.iter().map(|span| (*span, Class::Comment)));
    if end < chars.len() {
        pieces.push((Span::new(end, chars.len()), Class::Fault));
    }
    pieces.sort_by_key(|(span, _)| *span);
    // A field and what follows its colon may have been read as one item: each character is coloured once.
    let mut from = 0;
    for (span, _) in &mut pieces {
        span.start = span.start.max(from);
        from = from.max(span.end);
    }
    pieces.retain(|(span, _)| span.start < span.end);
    pieces
}

const fn class(token: &Token) -> Class {
    match token {
        Token::Open | Token::Close | Token::Comma => Class::Bracket,
        Token::And
        | Token::Or
        | Token::Not
        | Token::Minus
        | Token::Near(_)
        | Token::Piece(_)
        | Token::AtLeast(_)
        | Token::Of(_) => Class::Operator,
        Token::Word { .. } => Class::Word,
        Token::Phrase { .. } => Class::Phrase,
        Token::Hashtag(_) | Token::Mention(_) => Class::Tag,
        Token::Field(_) => Class::Field,
        Token::Raw(_) | Token::Named(_) | Token::Values(_) | Token::Number(_) => Class::Value,
    }
}

/// The watch with one space between items and straight quotes; one with faults is returned as it is.
/// Comments stay. The meaning never changes.
pub fn format(query: &str) -> String {
    if super::parse(query).tree.is_none() {
        return query.to_owned();
    }
    let chars: Vec<char> = query.chars().collect();
    let Ok(found) = items(&chars) else {
        return query.to_owned();
    };
    let mut pieces: Vec<(Span, Option<&Item>)> = found
        .items
        .iter()
        .map(|item| (item.span, Some(item)))
        .collect();
    pieces.extend(found.comments.iter().map(|span| (*span, None)));
    pieces.sort_by_key(|(span, _)| *span);
    let mut out = String::with_capacity(query.len());
    let mut from = 0;
    let mut glued = true;
    for (span, item) in pieces {
        let start = span.start.max(from);
        from = from.max(span.end);
        let text: String = chars
            .get(start..span.end)
            .unwrap_or_default()
            .iter()
            .collect();
        let token = item.map(|item| &item.token);
        let closes = matches!(token, Some(Token::Close | Token::Comma));
        if !glued && !closes {
            out.push(' ');
        }
        match token {
            Some(Token::Open) => out.push('('),
            Some(Token::Close) => out.push(')'),
            Some(Token::And) => out.push_str("AND"),
            Some(Token::Or) => out.push_str("OR"),
            Some(Token::Minus) => out.push('-'),
            Some(Token::Of(count)) => out.push_str(&format!("{count} OF")),
            _ => out.push_str(&text),
        }
        if token.is_none() && text.starts_with("//") {
            out.push('\n');
        }
        glued = match token {
            Some(Token::Open | Token::Minus) => true,
            Some(Token::Field(field)) => text.ends_with(':') || matches!(field, Field::Number(_)),
            None => text.starts_with("//"),
            Some(_) => false,
        };
    }
    out
}
