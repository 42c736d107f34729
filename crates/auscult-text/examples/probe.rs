//! Shows what weights say of each line of standard input: `probe WEIGHTS`.
use std::io::{BufRead as _, Write as _};
use auscult_model::post::Post;
use auscult_text::classify::{Classifier, Scratch, Weights};
fn main() {
    let path = std::env::args().nth(1).unwrap_or_default();
    let weights = std::fs::read(path).ok().and_then(|bytes| Weights::from_bytes(&bytes).ok());
    let classifier = Classifier::new(weights);
    let mut scratch = Scratch::default();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let post = Post { text: Some(line.clone()), ..Post::default() };
        let found = classifier.explain(&post, jiff::Timestamp::UNIX_EPOCH, &mut scratch);
        drop(writeln!(std::io::stdout(), "{}", serde_json::to_string(&found).unwrap_or_default()));
    }
}
