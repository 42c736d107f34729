//! Undoing tricks and slips that hide a known word: digits for letters, letters spaced out, letters doubled, words run together.

use super::engine::Engine;
use super::words::RawWord;

/// Replaces disguised words by the known ones; words that make no known word stay.
pub(crate) fn mend(engine: &Engine, mut words: Vec<RawWord>) -> Vec<RawWord> {
    let mut mended = Vec::with_capacity(words.len());
    let mut rest = words.as_mut_slice();
    // Letters of a run that was tried and spells nothing are not tried again one by one.
    let mut refused = 0_usize;
    while !rest.is_empty() {
        refused = refused.saturating_sub(1);
        let run = if refused > 0 { 0 } else { run_of_letters(rest) };
        if run >= 4
            && let Some(row) = rest.get(..run)
        {
            if spaced_out(engine, row, &mut mended) {
                rest = rest.get_mut(run..).unwrap_or_default();
                continue;
            }
            refused = run;
        }
        let pieces = rest
            .iter()
            .skip(1)
            .take(4)
            .take_while(|piece| piece.joined && !piece.text.is_empty())
            .count()
            + 1;
        if pieces > 1
            && let Some(joined) = rejoined(engine, rest, pieces)
        {
            let (length, whole) = joined;
            mended.push(whole);
            rest = rest.get_mut(length..).unwrap_or_default();
            continue;
        }
        let Some((word, following)) = rest.split_first_mut() else {
            break;
        };
        single(engine, std::mem::take(word), &mut mended);
        rest = following;
    }
    mended
}

/// How many single letters stand here, up to a number that bounds the work.
fn run_of_letters(rest: &[RawWord]) -> usize {
    rest.iter()
        .take(400)
        .take_while(|word| {
            word.text.chars().count() == 1
                && !word.text.starts_with(|first: char| first.is_ascii_digit())
        })
        .count()
}

fn single(engine: &Engine, word: RawWord, mended: &mut Vec<RawWord>) {
    if word.text == "u" {
        mended.push(RawWord {
            text: "you".to_owned(),
            ..word
        });
        return;
    }
    if word.text.len() > 40 || engine.word_id(&word.text).is_some() {
        mended.push(word);
        return;
    }
    if is_disguised(&word.text)
        && let Some(text) = undisguised(engine, &word.text)
    {
        mended.push(RawWord { text, ..word });
        return;
    }
    for first in ["your", "our", "you", "my", "to", "for"] {
        let Some(rest) = word.text.strip_prefix(first) else {
            continue;
        };
        if rest.len() >= 4 && rest != "self" && rest != "selves" && engine.word_id(rest).is_some() {
            let rest = rest.to_owned();
            mended.push(RawWord {
                text: first.to_owned(),
                ..word.clone()
            });
            mended.push(RawWord { text: rest, ..word });
            return;
        }
    }
    mended.push(word);
}

/// Whether a word has more than letters in it, or a letter three times in a row.
fn is_disguised(word: &str) -> bool {
    let bytes = word.as_bytes();
    !bytes.iter().all(u8::is_ascii_lowercase)
        || bytes
            .windows(3)
            .any(|three| matches!(three, [a, b, c] if a == b && b == c))
}

/// The known word behind digits for letters or doubled letters.
fn undisguised(engine: &Engine, word: &str) -> Option<String> {
    [
        from_digits(word),
        undoubled(word, 1),
        undoubled(word, 2),
        undoubled(&from_digits(word), 1),
    ]
    .into_iter()
    .find(|candidate| {
        candidate != word
            && (engine.word_id(candidate).is_some()
                || candidate
                    .strip_suffix('s')
                    .is_some_and(|base| engine.word_id(base).is_some()))
    })
}
/// Digits and signs that stand for letters, where the word has letters too.
fn from_digits(word: &str) -> String {
    if !word.chars().any(char::is_alphabetic) || word.chars().all(char::is_alphabetic) {
        return word.to_owned();
    }
    word.chars()
        .map(|character| match character {
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            '8' => 'b',
            '9' => 'g',
            other => other,
        })
        .collect()
}

/// Runs of three and more of one letter cut to `keep`.
fn undoubled(word: &str, keep: usize) -> String {
    let mut out = String::with_capacity(word.len());
    let mut characters = word.chars().peekable();
    while let Some(character) = characters.next() {
        let mut count = 1;
        while characters.next_if_eq(&character).is_some() {
            count += 1;
        }
        let kept = if count >= 3 { keep } else { count };
        out.extend(std::iter::repeat_n(character, kept));
    }
    out
}

/// `vi-sit`, `ap.point.ment`: pieces that are no words by themselves but one together.
fn rejoined(engine: &Engine, words: &[RawWord], pieces: usize) -> Option<(usize, RawWord)> {
    for length in (2..=pieces).rev() {
        let row = words.get(..length)?;
        let whole: String = row.iter().map(|word| word.text.as_str()).collect();
        let split_word = row.iter().any(|word| engine.word_id(&word.text).is_none());
        if whole.len() >= 5 && split_word && engine.word_id(&whole).is_some() {
            let (first, last) = (row.first()?, row.last()?);
            return Some((
                length,
                RawWord {
                    text: whole,
                    end: last.end,
                    ..first.clone()
                },
            ));
        }
    }
    None
}

/// `y o u r  v i s i t`: single letters that spell known words.
fn spaced_out(engine: &Engine, row: &[RawWord], mended: &mut Vec<RawWord>) -> bool {
    let letters: Vec<&str> = row.iter().map(|word| word.text.as_str()).collect();
    // best[i]: length of the last word of the cheapest spelling of the first i letters, and its cost.
    let mut best: Vec<Option<(usize, usize)>> = vec![None; letters.len() + 1];
    if let Some(slot) = best.first_mut() {
        *slot = Some((0, 0));
    }
    for end in 1..=letters.len() {
        for length in 1..=end.min(16) {
            let Some(Some((_, cost))) = best.get(end - length).copied() else {
                continue;
            };
            let piece: String = letters.get(end - length..end).unwrap_or_default().concat();
            let known = engine.word_id(&piece).is_some();
            let price = if known && length > 1 {
                1
            } else if length == 1 {
                3
            } else {
                continue;
            };
            let total = cost + price;
            if let Some(slot) = best.get_mut(end)
                && slot.is_none_or(|(_, old)| total < old)
            {
                *slot = Some((length, total));
            }
        }
    }
    let mut cuts = Vec::new();
    let mut end = letters.len();
    while end > 0 {
        let Some(Some((length, _))) = best.get(end).copied() else {
            return false;
        };
        cuts.push((end - length, end));
        end -= length;
    }
    if cuts.iter().filter(|(start, end)| end - start >= 3).count() == 0 {
        return false;
    }
    for (start, end) in cuts.into_iter().rev() {
        if let (Some(first), Some(last)) = (row.get(start), row.get(end - 1)) {
            let text = letters.get(start..end).unwrap_or_default().concat();
            mended.push(RawWord {
                text,
                end: last.end,
                ..first.clone()
            });
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_word_that_is_not_disguised_has_no_other_spelling(word in "[a-c0-3é$]{0,7}") {
            if !is_disguised(&word) {
                prop_assert_eq!(&from_digits(&word), &word);
                prop_assert_eq!(&undoubled(&word, 1), &word);
                prop_assert_eq!(&undoubled(&word, 2), &word);
            }
        }
    }
}
