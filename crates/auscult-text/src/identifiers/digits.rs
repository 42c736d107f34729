//! Digits that were spelled ("oh seven double five") or typed with look-alike letters ("O77OO"), written as digits.

use crate::reading::{Clean, RawWord};

/// The text with spelled and look-alike digits as digits; nothing when there are none.
pub(crate) fn spelled(clean: &Clean, words: &[RawWord]) -> Option<Clean> {
    let mut replaced: Vec<(usize, usize, String)> = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if let Some((count, digits)) = words.get(at..).and_then(run) {
            let end = words.get(at + count - 1).map_or(word.end, |last| last.end);
            replaced.push((word.start, end, digits));
            at += count;
            continue;
        }
        if let Some(digits) = look_alike(&word.text) {
            replaced.push((word.start, word.end, digits));
        }
        at += 1;
    }
    if replaced.is_empty() {
        return None;
    }
    let mut out = Clean::default();
    let mut replaced = replaced.into_iter().peekable();
    for (byte, character) in clean.text.char_indices() {
        let (start, end) = clean.source_range(byte, byte + character.len_utf8());
        match replaced.peek() {
            Some((first, last, digits)) if byte == *first => {
                let (start, end) = clean.source_range(*first, *last);
                digits
                    .chars()
                    .for_each(|digit| out.push(digit, start, end, false));
            }
            Some((first, last, _)) if byte > *first && byte < *last => {}
            Some(_) | None => out.push(character, start, end, clean.is_upper(byte)),
        }
        if replaced
            .peek()
            .is_some_and(|(_, last, _)| byte + character.len_utf8() >= *last)
        {
            replaced.next();
        }
    }
    Some(out)
}

/// A row of at least five spelled digits: how many words, and the digits.
fn run(words: &[RawWord]) -> Option<(usize, String)> {
    let mut digits = String::new();
    let mut spelled = 0;
    let mut count = 0;
    let mut times = 1;
    for word in words.iter().take(40) {
        match word.text.as_str() {
            "double" => times = 2,
            "triple" | "treble" => times = 3,
            text => {
                let Some(digit) = digit(text) else { break };
                digits.extend(std::iter::repeat_n(digit, times));
                spelled += usize::from(!text.starts_with(|first: char| first.is_ascii_digit()));
                times = 1;
            }
        }
        count += 1;
    }
    if times > 1 {
        count -= 1;
    }
    (digits.len() >= 5 && spelled >= 3).then_some((count, digits))
}

fn digit(word: &str) -> Option<char> {
    Some(match word {
        "zero" | "oh" | "o" | "nought" | "naught" => '0',
        "one" => '1',
        "two" => '2',
        "three" => '3',
        "four" => '4',
        "five" => '5',
        "six" => '6',
        "seven" => '7',
        "eight" => '8',
        "nine" => '9',
        _ => {
            let mut characters = word.chars();
            return characters
                .next()
                .filter(|only| only.is_ascii_digit() && characters.next().is_none());
        }
    })
}

/// `o77oo` as digits: a third digits or more, the rest letters that look like digits.
fn look_alike(word: &str) -> Option<String> {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let letters = word.len() - digits;
    let fits = letters > 0
        && word.len() >= 3
        && digits * 3 >= word.len()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'o' | b'l' | b'i'));
    fits.then(|| word.replace('o', "0").replace(['l', 'i'], "1"))
}
