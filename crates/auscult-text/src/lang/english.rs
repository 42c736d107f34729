//! Whether a text is English, by its everyday words: cheap, and right for lines too short for a detector.
//!
//! A word that other languages have too (`die`, `was`, `no`) proves nothing here.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::classify::{Hashed, hash_word};

const COMMON: &str = include_str!("../../../../data/names/common.txt");

/// Everyday words that hardly any other language writes so.
const SURE: &str = "the and this that these those with from have having you your yours they them their theirs what when where who why which \
    would could should about there here because before after than how does did didnt doesnt dont isnt wasnt arent werent cant cannot couldnt \
    wouldnt shouldnt wont havent hasnt hadnt im ive id ill youre youve youll theyre theyve weve thats whats theres lets going gonna wanna \
    being been its our ours she him his each every much many never ever always again really very still just like know think thought thing \
    things nothing something anything everything someone anyone everyone nobody people today tomorrow yesterday tonight morning night week \
    weeks month months year years hour hours day days time good great bad better worse best worst love loved hate hates hated happy thank \
    thanks please sorry wait waited waiting went gone got getting make makes made take takes took taken give gave given said says told tell \
    need needs want wants wanted feel feels felt look looks looking work works working help helped helpful friendly lovely amazing awful \
    terrible horrible wonderful brilliant excellent staff nurse nurses doctor doctors hospital appointment ward patient patients care caring \
    kind rude clean dirty quick slow first last next back down away right wrong only other another both few such own same too out off into \
    through while until my not but or are were it is of for we he be by if up";

/// Words that look English and are words of other languages.
const SHARED: &str = "a i am an as at in on no so do me my we he be by or is of for it if up us to die was war will hat man also all over under \
    has had her hers over son dad mama papa come came case sale pays chat pain air bar bus taxi hotel son sin van den men man wie hier arm \
    land hand mild still fast gift rock stern name warm wind war worden been were even ten for ett per se te tu nu bra mer era more at fin \
    once real social total normal hospital doctor personal natural general animal original final central super horrible terrible excellent \
    nice service on long grave art bad old kind rat tag gut last best wild bleed list rest her din our hun me tale note fire sees mine";

/// What the words of a text say.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Evidence {
    /// Words in all.
    pub(crate) words: usize,
    /// Words that are English and nothing else.
    pub(crate) sure: usize,
    /// Words that are English, perhaps among other things.
    pub(crate) known: usize,
}

impl Evidence {
    /// Counts words by their hash; `knows` is asked about words that no list here holds.
    pub(crate) fn of(words: impl Iterator<Item = u64>, knows: impl Fn(u64) -> bool) -> Self {
        let lists = lists();
        let mut evidence = Self::default();
        for hash in words.take(ENOUGH) {
            evidence.words += 1;
            let shared = lists.shared.contains(&hash);
            evidence.sure += usize::from(!shared && lists.sure.contains(&hash));
            evidence.known += usize::from(
                !shared
                    && (lists.sure.contains(&hash) || lists.common.contains(&hash) || knows(hash)),
            );
        }
        evidence
    }

    /// How sure the words make us, or nothing where they do not suffice.
    pub(crate) fn score(self) -> Option<f64> {
        let share = self.known as f64 / self.words.max(1) as f64;
        let enough = match self.sure {
            0 => false,
            1 => self.words > 2 && share >= 0.4,
            _ => share >= 0.3,
        };
        enough.then(|| (0.7 + share * 0.4).min(0.99))
    }

    /// Whether two words of three are English, whatever a detector makes of the letters.
    pub(crate) fn surely_known(self) -> bool {
        self.words > 1 && self.known * 3 >= self.words * 2
    }

    /// Whether enough words are English where no detector names another language: one of four, for names, marks and slang
    /// fill short posts. Smiles are written alike everywhere and count as words.
    pub(crate) fn partly_known(self, smiles: usize) -> bool {
        let known = self.known + smiles;
        known > 0 && known * 4 >= self.words
    }
}

/// Words that are looked at.
const ENOUGH: usize = 400;

struct Lists {
    sure: HashSet<u64, Hashed>,
    shared: HashSet<u64, Hashed>,
    common: HashSet<u64, Hashed>,
}

fn lists() -> &'static Lists {
    static LISTS: OnceLock<Lists> = OnceLock::new();
    LISTS.get_or_init(|| {
        let words = |text: &'static str| -> HashSet<u64, Hashed> {
            text.lines()
                .filter(|line| !line.starts_with('#'))
                .flat_map(str::split_whitespace)
                .map(hash_word)
                .collect()
        };
        Lists {
            sure: words(SURE),
            shared: words(SHARED),
            common: words(COMMON),
        }
    })
}
