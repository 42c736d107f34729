//! G01 by address: in answer to somebody's story, "you" and "your" are safe only in a few frames: thanks, the comment itself,
//! an offer to talk, a wish to hear more. Whatever else is said to the author is about the author.

use super::check::{Desk, Fault};
use crate::reading::{Reading, Word};

/// Marks each address of the author outside the safe frames.
pub(crate) fn author(desk: &Desk<'_>, reading: &Reading<'_>, faults: &mut Vec<Fault>) {
    let posted = desk.posted;
    let story = !(posted.is_empty
        || posted.plain_question
        || posted.impersonal
        || posted.asks_advice
        || posted.about_fact
        || posted.crisis
        || posted.adverse);
    if !story {
        return;
    }
    for (at, word) in reading.words.iter().enumerate() {
        let safe = match word.text.as_str() {
            "you" => is_safe_you(&reading.words, at),
            "your" => is_safe_your(&reading.words, at),
            "yours" => is_safe_yours(&reading.words, at),
            "yourself" => false,
            _ => continue,
        };
        let (from, _) = reading.bytes(at, at + 1);
        // Where a rule of its own speaks of these words, it decides.
        let spoken = faults.iter().any(|fault| {
            matches!(fault.rule.as_str(), "G07" | "G22") && fault.start <= from && from < fault.end
        });
        if !safe && !spoken {
            let (start, end) = reading.bytes(at, (at + 3).min(reading.sentence_end(at)));
            faults.push(Fault {
                start,
                end,
                ..Fault::whole("G01")
            });
        }
    }
}

/// The words of the sentence a word stands in, and its place there.
fn sentence_of(words: &[Word], at: usize) -> (&[Word], usize) {
    let number = words.get(at).map(|word| word.sentence);
    let first = words.partition_point(|word| Some(word.sentence) < number);
    let end = words.partition_point(|word| Some(word.sentence) <= number);
    (words.get(first..end).unwrap_or_default(), at - first)
}

fn text(words: &[Word], at: Option<usize>) -> &str {
    at.and_then(|at| words.get(at))
        .map_or("", |word| word.text.as_str())
}

fn holds(list: &str, word: &str) -> bool {
    !word.is_empty() && list.split_whitespace().any(|known| known == word)
}

/// Words before "you" that offer, thank or ask.
const OFFERS: &str = "thank thanks help assist hear from with to support let call ring for reach contact tell give show send wish if should \
    whenever unless whether listen meet email phone offer anything where until urge encourage invite ask like want need wishing assure promise \
    could would can may might will suits suit guide walk put connect keep update point direct welcome get answer told";
/// Words after "you" that leave the author free.
const FREE: &str = "can could may might would wish want like need prefer ever think feel felt wrote write shared share told tell took take raised raise \
    describe described mention mentioned said say all so both for and too again very once from get find are deserve made brightened";
/// Words before "you" with which it begins a clause about writing.
const CLAUSE: &str = "hope hoping know that what when sorry glad grateful happy pleased appreciate how and sad as delighted thankful";
/// What the author wrote, and what everybody has.
const OWN: &str = "comment comments feedback review reviews message messages note post words rating stars thoughts suggestion suggestions honesty concern \
    concerns question questions query enquiry opinion view views email call support time interest disappointment point points idea ideas kindness \
    compliment compliments praise recommendation remarks observations input insight privacy convenience patience local nearest doctor gp pharmacist \
    clinician dentist frustration encouragement generosity letter story perspective candour candor reply response kind vote shout mention experience experiences health wellbeing area browser \
    positive voice reading";
/// Words between "your" and what the author wrote.
const KIND: &str = "kind honest lovely valuable thoughtful candid generous detailed frank helpful very own warm wonderful positive negative recent \
    constructive five star beautiful sweet brilliant great good nice valued and regular family encouraging full first heartfelt gracious";

/// What an author may be without being a patient.
const BEING: &str = "welcome happy unhappy not right correct absolutely always looking interested able invited free unsure concerned worried upset";

fn is_safe_you(words: &[Word], at: usize) -> bool {
    let (words, at) = sentence_of(words, at);
    let before = text(words, at.checked_sub(1));
    let two_before = text(words, at.checked_sub(2));
    let after = text(words, Some(at + 1));
    let past = text(words, Some(at + 2));
    if holds("if should whether unless whenever anyone", before)
        || holds("if should whether unless", two_before)
    {
        return !holds("were had did", after);
    }
    if holds(CLAUSE, before) || matches!(before, "" | "or" | "but" | "which") {
        let third = text(words, Some(at + 3));
        return holds(FREE, after) && (after != "are" || holds(BEING, past))
            || after == "were"
                && holds(
                    "unhappy disappointed upset frustrated dissatisfied let",
                    past,
                )
            || after == "did" && past == "not" && holds("feel find", third)
            || after == "will"
                && holds(
                    "call reach contact share get give let talk consider find see",
                    past,
                )
            || after == "have"
                && holds(
                    "any a written taken shared raised told questions concerns said",
                    past,
                );
    }
    let sends = holds("send sent sending", before)
        && (at + 1..at + 5).any(|next| {
            holds(
                "message reply email link details note",
                text(words, Some(next)),
            )
        });
    if holds("made brightened lifted", after) && holds("our my the us everyone a so", past) {
        return true;
    }
    let praised = before == "of"
        && holds(
            "kind thoughtful good lovely generous nice wonderful sweet",
            two_before,
        );
    sends || praised || holds(OFFERS, before) || holds("can could may might would", after)
}

/// `comments like yours`, `yours sincerely`.
fn is_safe_yours(words: &[Word], at: usize) -> bool {
    let said = holds(OWN, text(words, at.checked_sub(2)));
    text(words, at.checked_sub(1)) == "like" && said
        || holds("sincerely faithfully truly", text(words, Some(at + 1)))
}

fn is_safe_your(words: &[Word], at: usize) -> bool {
    let (words, at) = sentence_of(words, at);
    let before = |back: usize| text(words, at.checked_sub(back));
    if (1..=5).any(|back| holds("not if never without", before(back))) {
        return true;
    }
    let mut next = at + 1;
    while holds(KIND, text(words, Some(next))) && next < at + 5 {
        if holds(OWN, text(words, Some(next + 1))) {
            return true;
        }
        next += 1;
    }
    holds(OWN, text(words, Some(next))) || holds(OWN, text(words, Some(at + 1)))
}
