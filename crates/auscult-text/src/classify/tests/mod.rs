use auscult_model::post::Post;
use jiff::Timestamp;

use super::*;

fn read(text: &str) -> Classified {
    let post = Post {
        id: "p".to_owned(),
        text: Some(text.to_owned()),
        ..Post::default()
    };
    Classifier::built_in().explain(&post, Timestamp::UNIX_EPOCH, &mut Scratch::default())
}

#[test]
fn every_line_of_the_cue_files_is_a_pattern() {
    assert_eq!(Classifier::built_in().bad_lines(), &[]);
}

#[test]
fn a_complaint_about_a_wait_is_one() {
    let found = read("Waited six hours in A&E and nobody told us anything. Shambles.");
    assert_eq!(found.sentiment.label, Feeling::Negative);
    assert!(
        found
            .topics
            .iter()
            .any(|topic| topic.id == Topic::WaitingTime),
        "{:?}",
        found.topics
    );
    assert_eq!(
        found.intents.first().map(|intent| intent.id),
        Some(Intent::Complaint),
        "{:?}",
        found.intents
    );
    assert_eq!(found.urgency, 1);
}

#[test]
fn ruling_patterns_out_early_changes_nothing() {
    let patterns = Classifier::built_in().patterns();
    let all = patterns.without_needs();
    let stories = include_str!("../../../tests/data/stories.jsonl");
    let mut found = 0;
    for story in stories.lines() {
        let text = Text::new(story);
        let quick = Reading::of(&text, patterns, &mut Scratch::default());
        let slow = Reading::of(&text, &all, &mut Scratch::default());
        assert_eq!(quick.hits, slow.hits);
        found += quick.hits.len();
    }
    assert!(found > 500, "{found}");
}
