//! The engine with the lexicons and patterns the program ships.

use std::sync::OnceLock;

use super::engine::{Engine, PatternError};

/// The files, in the order in which they are read; their bytes are part of the rule set's hash.
pub(crate) const FILES: [&str; 4] = [
    include_str!("../../../../data/guard/lexicon.txt"),
    include_str!("../../../../data/guard/patterns.txt"),
    include_str!("../../../../data/guard/frames.txt"),
    include_str!("../../../../data/guard/crisis.txt"),
];

/// The shipped engine, built at first use.
pub(crate) fn base() -> &'static Engine {
    static BASE: OnceLock<Engine> = OnceLock::new();
    BASE.get_or_init(|| build().unwrap_or_default())
}

/// Builds the engine; the shipped files always build, which a test holds.
pub(crate) fn build() -> Result<Engine, PatternError> {
    let mut engine = Engine::default();
    for file in FILES {
        engine.add(file)?;
    }
    Ok(engine)
}

#[cfg(test)]
mod tests {
    #[test]
    fn shipped_patterns_build() {
        let engine = super::build().expect("shipped patterns build");
        assert!(
            engine.patterns.len() > 300,
            "found {}",
            engine.patterns.len()
        );
    }
}
