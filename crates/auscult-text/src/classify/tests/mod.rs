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
