//! Words and values with wildcards.

use crate::token::{WILD_ANY, WILD_ONE, is_wild};

/// Text in which wildcards may stand.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pattern {
    text: String,
    wild: bool,
}

impl Pattern {
    /// From text in which two code points stand for the wildcards.
    pub(crate) fn new(text: String) -> Self {
        let wild = text.contains(is_wild);
        Self { text, wild }
    }

    /// The text, if it has no wildcard.
    pub fn literal(&self) -> Option<&str> {
        (!self.wild).then_some(self.text.as_str())
    }

    /// Whether there is a wildcard.
    pub const fn is_wild(&self) -> bool {
        self.wild
    }

    /// The text as the matcher reads it.
    pub(crate) fn raw(&self) -> &str {
        &self.text
    }

    /// What stands before the first wildcard.
    pub fn prefix(&self) -> &str {
        self.text.split(is_wild).next().unwrap_or_default()
    }

    /// Whether it is the beginning of a word and any ending.
    pub fn is_prefix(&self) -> bool {
        self.text
            .strip_suffix(WILD_ANY)
            .is_some_and(|start| !start.contains(is_wild))
    }

    /// Whether it is a lone `*`.
    pub(crate) fn is_anything(&self) -> bool {
        self.text.chars().eq([WILD_ANY])
    }

    /// Whether the whole of `text` fits.
    pub fn fits(&self, text: &str) -> bool {
        if self.wild {
            fits(&self.text, text)
        } else {
            self.text == text
        }
    }

    /// As a person would type it.
    pub fn written(&self) -> String {
        self.text
            .chars()
            .map(|character| match character {
                WILD_ANY => '*',
                WILD_ONE => '?',
                other => other,
            })
            .collect()
    }
}

/// Whether `text` fits `pattern`, in time that grows with their lengths' product at worst.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let mut pattern = pattern.chars();
    let mut rest = text.chars();
    // Where to go on when what follows the last `*` does not fit: one character further.
    let mut again = None;
    loop {
        let mut ahead = pattern.clone();
        match ahead.next() {
            Some(WILD_ANY) => {
                pattern = ahead;
                if pattern.as_str().is_empty() {
                    return true;
                }
                again = Some((pattern.clone(), rest.clone()));
                continue;
            }
            Some(wanted) => {
                let mut further = rest.clone();
                if further
                    .next()
                    .is_some_and(|found| wanted == WILD_ONE || wanted == found)
                {
                    pattern = ahead;
                    rest = further;
                    continue;
                }
            }
            None if rest.as_str().is_empty() => return true,
            None => {}
        }
        let Some((after_star, mut tried)) = again.take() else {
            return false;
        };
        if tried.next().is_none() {
            return false;
        }
        pattern = after_star.clone();
        rest = tried.clone();
        again = Some((after_star, tried));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wild(text: &str) -> Pattern {
        Pattern::new(text.replace('*', "\u{10FFF0}").replace('?', "\u{10FFF1}"))
    }

    #[test]
    fn wildcards_fit_whole_words() {
        for (pattern, text, fit) in [
            ("pediatr*", "pediatrics", true),
            ("*itis", "arthritis", true),
            ("wom?n", "women", true),
            ("wom?n", "womn", false),
            ("w*t", "wt", true),
            ("*a*b*", "xxaxxbxx", true),
            ("*ab", "aab", true),
            ("a*b*c", "abcbc", true),
            ("a*b*c", "abcbd", false),
            ("*", "", true),
            ("?", "é", true),
            ("", "", true),
        ] {
            assert_eq!(wild(pattern).fits(text), fit, "{pattern} {text}");
        }
    }
}
