//! Names of people by cue words and lists: `Mrs Hill`, `my name is ...`, `hi ruth schmidt`, `son Kwame`, `Ivan E. Khan`.
//!
//! A name after the title of a member of staff (`Dr Patel`, `nurse Jones`) is public; illnesses and wards named after
//! people are not people.

use super::name_words::{
    ACTS, EPONYMS, FAMILIES, FRIENDLY, GREETED, ILLNESS, NOT_FAMILY, PARTICLES, RISKY, STAFF,
    THINGS, VERBS,
};
use super::wordlists::{self, Entry};
use super::{Claim, Kind};
use crate::reading::{Clean, RawWord};

const PRIORITY: usize = 100;

/// Names in a clean text.
pub(crate) fn find(clean: &Clean, words: &[RawWord]) -> Vec<Claim> {
    let reader = Names { clean, words };
    let mut claims = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match reader.name_at(at) {
            Some(end) if end > at => {
                if let (Some(first), Some(last)) = (words.get(at), words.get(end - 1)) {
                    let (start, end) = clean.source_range(first.start, last.end);
                    claims.push(Claim {
                        kind: Kind::Name,
                        start,
                        end,
                        priority: PRIORITY,
                    });
                }
                at = end;
            }
            Some(_) | None => at += 1,
        }
    }
    claims
}

/// How sure the words before make us that a name follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cue {
    Staff,
    None,
    /// A greeting: a listed word is a name.
    Weak,
    /// A relative or "my name": any capital word is a name.
    Kin,
    /// "My name is": any word that is not an ordinary one is a name.
    Strong,
}

struct Names<'a> {
    clean: &'a Clean,
    words: &'a [RawWord],
}

impl Names<'_> {
    fn text(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }

    fn before(&self, at: usize, back: usize) -> &str {
        at.checked_sub(back).map_or("", |index| self.text(index))
    }

    fn starts_sentence(&self, at: usize) -> bool {
        let sentence = |index: usize| self.words.get(index).map(|word| word.sentence);
        at == 0 || sentence(at - 1) != sentence(at)
    }

    /// The end of the name that begins at `at`.
    fn name_at(&self, at: usize) -> Option<usize> {
        let word = self.words.get(at)?;
        if !is_namelike(&word.text) {
            return None;
        }
        let entry = wordlists::entry(&word.text);
        let cue = self.cue(at);
        if cue == Cue::Staff {
            return None;
        }
        let end = self.extend(at, entry, cue);
        let length = end - at;
        if self.is_thing(at, end) {
            return None;
        }
        let accepted = match cue {
            Cue::Strong => {
                !wordlists::is_common(&word.text)
                    || entry.given && word.upper
                    || length > 1 && entry.given
            }
            Cue::Weak | Cue::Kin => self.fits_weak_cue(word, entry, length, cue),
            Cue::None | Cue::Staff => self.fits_alone(word, entry, length, at),
        };
        accepted.then_some(end)
    }

    fn fits_weak_cue(&self, word: &RawWord, entry: Entry, length: usize, cue: Cue) -> bool {
        if wordlists::is_common(&word.text) {
            return word.upper && entry.given && length > 1;
        }
        let listed = entry.given || entry.family;
        let capital = word.upper && !self.shouting() && !self.is_acronym(word);
        capital
            && (listed || length > 1 && cue == Cue::Kin || cue == Cue::Kin && word.text.len() > 2)
            || entry.given && (!entry.word || length > 1)
    }

    fn fits_alone(&self, word: &RawWord, entry: Entry, length: usize, at: usize) -> bool {
        if wordlists::is_common(&word.text) || self.is_acronym(word) && !self.shouting() {
            return false;
        }
        let inside = !self.starts_sentence(at);
        let risky = entry.word && RISKY.contains(&word.text.as_str());
        if length > 1 {
            let capital_pair = word.upper
                && !self.shouting()
                && (entry.given
                    || entry.family && !entry.word
                    || inside && self.unknown_pair(at, length));
            return capital_pair || entry.given && !risky && self.both_listed(at);
        }
        let sure = (entry.given || entry.family) && !entry.word && word.text.len() > 2;
        let lower_case = entry.given
            && !entry.word
            && word.text.len() > 4
            && self.words.iter().all(|word| !word.upper);
        if !word.upper || self.shouting() || wordlists::is_place(&word.text) {
            return lower_case && !wordlists::is_place(&word.text);
        }
        let acts = ACTS.contains(&self.text(at + 1));
        let reported = matches!(
            self.before(at, 1),
            "said" | "says" | "than" | "ex" | "early"
        );
        sure && (inside || acts || entry.given && word.text.len() > 3)
            || inside && entry.given && FRIENDLY.contains(&word.text.as_str())
            || inside
                && entry.family
                && entry.word
                && (self.before(at, 1) == "and" || self.text(at + 1) == "and")
                && self.paired(at)
            || reported && inside && word.text.len() > 3
    }

    /// Two capital words that no list knows, the shape of a full name.
    fn unknown_pair(&self, at: usize, length: usize) -> bool {
        let row = self.words.get(at..at + length).unwrap_or_default();
        length >= 2
            && row
                .iter()
                .all(|word| !self.is_acronym(word) && !wordlists::is_place(&word.text))
            && row.iter().skip(1).any(|word| {
                wordlists::entry(&word.text).family || wordlists::entry(&word.text).given
            })
    }

    /// Joined by "and" to a word that is a name for sure.
    fn paired(&self, at: usize) -> bool {
        let sure = |text: &str| {
            let entry = wordlists::entry(text);
            (entry.given || entry.family) && !entry.word
        };
        self.before(at, 1) == "and" && sure(self.before(at, 2))
            || self.text(at + 1) == "and" && sure(self.text(at + 2))
    }

    fn is_acronym(&self, word: &RawWord) -> bool {
        word.text.len() > 1 && word.upper && self.clean.is_upper(word.start + 1)
    }

    fn both_listed(&self, at: usize) -> bool {
        let next = at + 1;
        let initial = self.text(next).len() == 1;
        let family = wordlists::entry(self.text(if initial { next + 1 } else { next }));
        family.family || family.given
    }

    /// Whether the text is all capitals, so that they say nothing.
    fn shouting(&self) -> bool {
        let letters = self.words.len();
        letters > 3 && self.words.iter().filter(|word| word.upper).count() * 10 > letters * 8
    }

    /// Takes initials, particles and family names that follow.
    fn extend(&self, at: usize, first: Entry, cue: Cue) -> usize {
        let Some(head) = self.words.get(at) else {
            return at;
        };
        let mut end = at + 1;
        while let Some(word) = self.words.get(end).filter(|word| self.adjacent(end, word)) {
            if word.sentence != head.sentence && !self.after_initial(end) {
                break;
            }
            let entry = wordlists::entry(&word.text);
            let common = wordlists::is_common(&word.text);
            let letter = word.text.len() == 1
                && word
                    .text
                    .starts_with(|letter: char| letter.is_ascii_alphabetic());
            let initial = letter
                && self.followed_by_name(end)
                && (word.upper || first.given && wordlists::entry(self.text(end + 1)).family);
            let particle = PARTICLES.contains(&word.text.as_str())
                && (self.followed_by_name(end) || PARTICLES.contains(&self.text(end + 1)));
            let capital = word.upper
                && head.upper
                && !common
                && !NOT_FAMILY.contains(&word.text.as_str())
                && is_namelike(&word.text);
            let listed = (entry.family || entry.given)
                && !common
                && (!entry.word
                    || first.given
                        && !first.word
                        && (word.upper
                            || cue >= Cue::Weak
                            || end == at + 1 && !VERBS.contains(&word.text.as_str())));
            let known_head = first.given && (!first.word || FRIENDLY.contains(&head.text.as_str()));
            let plain_family = entry.family
                && known_head
                && (word.upper && head.upper && !NOT_FAMILY.contains(&word.text.as_str())
                    || FAMILIES.contains(&word.text.as_str()));
            let generation =
                matches!(word.text.as_str(), "ii" | "iii" | "jr" | "jnr" | "snr") && word.upper;
            if !(initial
                || particle
                || capital
                || plain_family
                || listed && (first.given || first.family || cue == Cue::Strong)
                || generation)
                || end - at >= 5
            {
                break;
            }
            end += 1;
        }
        end
    }

    /// Only a space, hyphen or the dot of an initial stands before the word.
    fn adjacent(&self, at: usize, word: &RawWord) -> bool {
        let Some(previous) = at.checked_sub(1).and_then(|before| self.words.get(before)) else {
            return false;
        };
        let between = self.clean.text.get(previous.end..word.start).unwrap_or(",");
        matches!(between, " " | "-" | "") && word.text != "'s"
            || between == ". " && previous.text.len() == 1
    }

    fn after_initial(&self, at: usize) -> bool {
        self.before(at, 1).len() == 1
    }

    fn followed_by_name(&self, at: usize) -> bool {
        self.words.get(at + 1).is_some_and(|next| {
            let entry = wordlists::entry(&next.text);
            entry.family || entry.given || next.upper && !wordlists::is_common(&next.text)
        })
    }

    /// What stands between the word and the one before.
    fn separator(&self, at: usize) -> &str {
        at.checked_sub(1)
            .and_then(|before| self.words.get(before))
            .zip(self.words.get(at))
            .and_then(|(previous, word)| self.clean.text.get(previous.end..word.start))
            .unwrap_or("")
    }

    fn cue(&self, at: usize) -> Cue {
        let (one, two, three) = (self.before(at, 1), self.before(at, 2), self.before(at, 3));
        let separator = self.separator(at);
        if separator.contains('?') && one == "name" {
            return Cue::Strong;
        }
        if separator.contains(['\n', '?', '!', '.'])
            && !separator.contains(':')
            && !matches!(one, "mr" | "mrs" | "ms" | "dr" | "attn" | "st" | "prof")
        {
            return Cue::None;
        }
        if STAFF.contains(&one) && !(one == "sister" && matches!(two, "my" | "his" | "her" | "our"))
            || matches!(one, "st" | "saint" | "mount" | "mt" | "the") && one != "the"
        {
            return Cue::Staff;
        }
        if one == "and" && STAFF.contains(&three) {
            return Cue::Staff;
        }
        let strong = matches!(
            one,
            "mr" | "mrs" | "ms" | "miss" | "mx" | "attn" | "attention" | "dear" | "surname"
        ) || one == "name" && (separator.contains(':') || separator.contains('-'))
            || one == "is" && matches!(two, "name")
            || one == "is" && two == "name" && three == "my"
            || one == "patient" && separator.contains(':')
            || matches!(one, "named" | "called")
                && !matches!(
                    two,
                    "i" | "never" | "just" | "nobody" | "we" | "they" | "have"
                )
            || separator.contains('?') && two == "your" && one == "name";
        if strong {
            return Cue::Strong;
        }
        let weak = GREETED.contains(&one)
            || matches!(
                (two, one),
                ("it" | "this", "is")
                    | ("i", "am")
                    | ("thank", "you")
                    | ("sorry", "for")
                    | ("good", "morning")
            )
            || one == "here" && separator.contains(',');
        if is_kin(one) || matches!((two, one), ("reply", "here")) || one == "maiden" {
            return Cue::Kin;
        }
        if weak { Cue::Weak } else { Cue::None }
    }

    /// Wards, wings, illnesses and saints are not people.
    fn is_thing(&self, at: usize, end: usize) -> bool {
        let next = self.text(end);
        let named_thing = THINGS.contains(&next)
            || next == "'s"
                && (ILLNESS.contains(&self.text(end + 1))
                    || EPONYMS.contains(&self.text(end - 1)) && end - at == 1);
        let eponym = end - at == 1
            && EPONYMS.contains(&self.text(at))
            && self.before(at, 1) != "and"
            && self.text(end) != "and"
            && self.cue(at) < Cue::Kin;
        named_thing && self.words.get(at).is_some_and(|word| word.upper)
            || eponym
            || end - at == 2 && THINGS.contains(&self.text(end - 1))
    }
}

fn is_namelike(word: &str) -> bool {
    word.len() >= 2
        && word
            .chars()
            .all(|character| character.is_alphabetic() || character == '\'')
        && !word.starts_with('\'')
}

fn is_kin(word: &str) -> bool {
    matches!(
        word,
        "son"
            | "daughter"
            | "husband"
            | "wife"
            | "mum"
            | "mom"
            | "mother"
            | "dad"
            | "father"
            | "brother"
            | "sister"
            | "partner"
            | "friend"
            | "nan"
            | "gran"
            | "grandad"
            | "aunt"
            | "auntie"
            | "uncle"
            | "cousin"
            | "nephew"
            | "niece"
            | "baby"
            | "girl"
            | "boy"
            | "twins"
            | "grandson"
            | "granddaughter"
            | "kid"
    )
}
