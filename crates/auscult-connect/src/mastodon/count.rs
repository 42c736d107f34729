//! How a server counts: characters, an address always the same, a mention of another server without its host.

use unicode_segmentation::UnicodeSegmentation;

use crate::contract::{Capabilities, Problem, SendJob, TextRule};
use crate::html;

/// Pictures of a post at most.
const IMAGES_MAX: usize = 4;

/// The text as it leaves: an answer names whom it answers.
pub(super) fn whole_text(job: &SendJob, acct: Option<&str>) -> String {
    let Some(acct) = job.mention.as_deref().or(acct) else {
        return job.text.clone();
    };
    let acct = acct.trim_start_matches('@');
    if acct.is_empty() || mentions(&job.text, acct) {
        job.text.clone()
    } else {
        format!("@{acct} {}", job.text)
    }
}

/// Whether a text mentions a handle, with or without its host.
fn mentions(text: &str, acct: &str) -> bool {
    let short = acct.split('@').next().unwrap_or(acct);
    handles(text).any(|handle| {
        handle.eq_ignore_ascii_case(acct)
            || (handle.eq_ignore_ascii_case(short) && !acct.contains('@'))
    })
}

fn handles(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| {
        letter.is_whitespace() || matches!(letter, ',' | ';' | ':' | '(' | ')' | '!' | '?')
    })
    .filter_map(|word| word.strip_prefix('@'))
    .map(|handle| handle.trim_end_matches(['.', '\'', '"']))
}

/// The length of a text as the server counts it.
pub(crate) fn length(text: &str, url: u32) -> usize {
    let mut rest = text.to_owned();
    let mut length = 0;
    for address in html::addresses(text) {
        if let Some((before, after)) = rest.clone().split_once(&address) {
            length += url as usize;
            rest = format!("{before}{after}");
        }
    }
    let hosts: usize = handles(&rest)
        .filter_map(|handle| handle.split_once('@'))
        .map(|(_, host)| host.graphemes(true).count() + 1)
        .sum();
    length + rest.graphemes(true).count().saturating_sub(hosts)
}

pub(super) fn problems(capabilities: &Capabilities, job: &SendJob) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |code: &str, message: String| {
        problems.push(Problem {
            code: code.to_owned(),
            message,
        });
    };
    if job.text.trim().is_empty() && job.media.is_empty() {
        add(
            "empty",
            "There is nothing to send yet; write an answer.".to_owned(),
        );
    }
    if let TextRule::Mastodon { max, .. } = capabilities.text {
        let acct = job
            .reply_to
            .as_deref()
            .and_then(super::send::target)
            .map(|target| target.acct);
        let count = capabilities.text.count(&whole_text(job, acct.as_deref()));
        if count > max as usize {
            let over = count - max as usize;
            add(
                "too_long",
                format!("{count} characters, and {max} are allowed here; shorten it by {over}."),
            );
        }
    }
    if job.media.iter().any(|media| media.alt.trim().is_empty()) {
        add(
            "alt_text_missing",
            "Say in words what the picture shows, for people who cannot see it.".to_owned(),
        );
    }
    if job.media.len() > IMAGES_MAX {
        add(
            "too_many_images",
            format!(
                "{} pictures, and {IMAGES_MAX} are allowed here.",
                job.media.len()
            ),
        );
    }
    if job.private && job.reply_to.is_none() && job.mention.is_none() {
        add(
            "no_target",
            "A private answer needs somebody it goes to.".to_owned(),
        );
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_hosts_are_not_counted_in_full() {
        assert_eq!(length("abc", 23), 3);
        assert_eq!(
            length(
                "see https://example.org/a/very/long/address/that/goes/on/and/on",
                23
            ),
            4 + 23
        );
        assert_eq!(length("see http://a.b", 23), 4 + 23);
        assert_eq!(length("@ana@social.example hello", 23), 10);
        assert_eq!(
            length("@ana hello \u{1F469}\u{200D}\u{2695}\u{FE0F}", 23),
            12
        );
    }

    #[test]
    fn an_answer_names_whom_it_answers_once() {
        let job = |text: &str| SendJob {
            delivery: 1,
            key: "k".into(),
            created_at: jiff::Timestamp::UNIX_EPOCH,
            text: text.into(),
            lang: "en".into(),
            reply_to: None,
            mention: None,
            private: false,
            media: Vec::new(),
        };
        assert_eq!(
            whole_text(&job("Thank you."), Some("ana@social.example")),
            "@ana@social.example Thank you."
        );
        assert_eq!(
            whole_text(
                &job("@Ana@social.example, thank you."),
                Some("ana@social.example")
            ),
            "@Ana@social.example, thank you."
        );
        assert_eq!(
            whole_text(&job("@anabel hi"), Some("ana")),
            "@ana @anabel hi"
        );
        assert_eq!(whole_text(&job("Hello"), None), "Hello");
    }
}
