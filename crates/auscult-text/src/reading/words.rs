//! Clean text into words, with short forms written out: `won't` is *will not*, `youre` is *you are*.

use super::clean::Clean;

/// One word before the vocabulary has seen it.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawWord {
    pub(crate) text: String,
    /// Bytes of the clean text.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) sentence: usize,
    pub(crate) upper: bool,
    /// Whether nothing but a dot, hyphen or single sign stands between this word and the one before.
    pub(crate) joined: bool,
}

/// Cuts clean text into words.
pub(crate) fn cut(clean: &Clean) -> Vec<RawWord> {
    let mut cutter = Cutter {
        clean,
        words: Vec::with_capacity(clean.text.len() / 5),
        sentence: 0,
        joined: false,
        list_number: false,
    };
    let mut characters = clean.text.char_indices().peekable();
    let mut start = None;
    let mut previous = ' ';
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map_or(' ', |(_, next)| *next);
        if is_word_part(previous, character, next) {
            start.get_or_insert(at);
        } else {
            if let Some(first) = start.take() {
                cutter.word(first, at);
            }
            cutter.separator(character, next);
        }
        previous = character;
    }
    if let Some(first) = start {
        cutter.word(first, clean.text.len());
    }
    cutter.words
}

fn is_word_part(previous: char, character: char, next: char) -> bool {
    character.is_alphanumeric()
        || character == '\'' && previous.is_alphanumeric() && next.is_alphanumeric()
        || matches!(character, '@' | '$' | '!' | '3')
            && previous.is_alphabetic()
            && next.is_alphabetic()
}

struct Cutter<'a> {
    clean: &'a Clean,
    words: Vec<RawWord>,
    sentence: usize,
    joined: bool,
    list_number: bool,
}

impl Cutter<'_> {
    fn word(&mut self, start: usize, end: usize) {
        let Some(text) = self.clean.text.get(start..end) else {
            return;
        };
        let upper = self.clean.is_upper(start);
        let joined = std::mem::replace(&mut self.joined, true);
        self.list_number = text.bytes().all(|byte| byte.is_ascii_digit());
        let sentence = self.sentence;
        let mut add = |text: &str, start: usize, end: usize, joined: bool| {
            self.words.push(RawWord {
                text: text.to_owned(),
                start,
                end,
                sentence,
                upper,
                joined,
            });
        };
        if let Some(parts) = whole_short_form(text) {
            for part in parts {
                add(part, start, end, false);
            }
            return;
        }
        match short_form(text) {
            Some((base, rest)) => {
                add(base, start, start + base.len(), joined);
                add(rest, start + base.len(), end, false);
            }
            None => add(text, start, end, joined),
        }
    }

    fn separator(&mut self, character: char, next: char) {
        let ends = match character {
            '!' | '?' | '\n' | '\u{2026}' | '\u{3002}' => true,
            '.' => next.is_whitespace() && !self.after_abbreviation(),
            _ => false,
        };
        if ends {
            self.sentence += 1;
        }
        self.joined =
            self.joined && matches!(character, '.' | '-' | '_' | '*' | '\u{B7}' | '|' | '/');
    }

    fn after_abbreviation(&self) -> bool {
        self.words.last().is_some_and(|word| {
            matches!(
                word.text.as_str(),
                "dr" | "mr"
                    | "mrs"
                    | "ms"
                    | "mx"
                    | "st"
                    | "prof"
                    | "no"
                    | "apt"
                    | "dept"
                    | "vs"
                    | "e"
                    | "g"
                    | "eg"
                    | "approx"
            ) || self.list_number && word.start == 0
        })
    }
}

fn short_form(text: &str) -> Option<(&str, &'static str)> {
    let at = text.rfind('\'')?;
    let (base, tail) = (text.get(..at)?, text.get(at + 1..)?);
    let rest = match tail {
        "t" => return base.strip_suffix('n').map(|verb| (verb, "not")),
        "re" => "are",
        "ve" => "have",
        "ll" => "will",
        "d" => "would",
        "m" => "am",
        "s" if matches!(
            base,
            "it" | "that" | "he" | "she" | "there" | "what" | "who" | "here" | "where" | "how"
        ) =>
        {
            "is"
        }
        "s" => "'s",
        _ => return None,
    };
    Some((base, rest))
}

fn whole_short_form(text: &str) -> Option<&'static [&'static str]> {
    let parts: &'static [&'static str] = match text {
        "can't" | "cant" | "cannot" => &["can", "not"],
        "won't" | "wont" => &["will", "not"],
        "shan't" => &["shall", "not"],
        "let's" => &["let", "us"],
        "dont" => &["do", "not"],
        "didnt" => &["did", "not"],
        "doesnt" => &["does", "not"],
        "isnt" => &["is", "not"],
        "arent" => &["are", "not"],
        "wasnt" => &["was", "not"],
        "werent" => &["were", "not"],
        "havent" => &["have", "not"],
        "hasnt" => &["has", "not"],
        "hadnt" => &["had", "not"],
        "couldnt" => &["could", "not"],
        "shouldnt" => &["should", "not"],
        "wouldnt" => &["would", "not"],
        "youre" => &["you", "are"],
        "youve" => &["you", "have"],
        "youll" => &["you", "will"],
        "youd" => &["you", "would"],
        "im" | "iam" => &["i", "am"],
        "ive" => &["i", "have"],
        "theyre" => &["they", "are"],
        "theyve" => &["they", "have"],
        "weve" => &["we", "have"],
        "thats" => &["that", "is"],
        "hes" => &["he", "is"],
        "shes" => &["she", "is"],
        "whats" => &["what", "is"],
        "theres" => &["there", "is"],
        "gonna" => &["going", "to"],
        "wanna" => &["want", "to"],
        "gotta" => &["got", "to"],
        "ur" | "yr" => &["your"],
        "pls" | "plz" => &["please"],
        "thx" | "thanx" => &["thanks"],
        "everytime" => &["every", "time"],
        "anymore" => &["any", "more"],
        _ => return None,
    };
    Some(parts)
}
