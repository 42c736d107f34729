//! Questions people ask, as ideas for pieces: near-equal ones together, identifiers masked.

use std::collections::BTreeSet;

use auscult_model::ids::PostId;
use auscult_model::listen::StoredPost;
use auscult_model::member::{Role, Viewer};
use auscult_model::search::{PostFilter, Terms};
use auscult_store::{post, search};
use auscult_text::identifiers::{self, AllowList};
use auscult_text::token::Text;
use jiff::SignedDuration;

use crate::app::App;
use crate::error::AppError;

/// How far back is listened.
const DAYS: i64 = 90;
/// Questions read.
const READ: u32 = 400;
/// Ideas shown.
const SHOWN: usize = 12;
/// Questions that share this share of their words are one.
const ALIKE: f64 = 0.5;

/// A question with how often it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idea {
    /// The newest post that asks it.
    pub post: PostId,
    /// In people's words, masked.
    pub text: String,
    /// How often it was asked.
    pub asked: usize,
    /// Networks and feeds it was asked on.
    pub sources: Vec<String>,
}

struct Group {
    idea: Idea,
    words: BTreeSet<String>,
}

/// Questions of the last ninety days, asked most often first. Crisis posts never become ideas.
pub async fn list(app: &App, viewer: &Viewer) -> Result<Vec<Idea>, AppError> {
    let filter = PostFilter {
        intents: vec!["question".to_owned()],
        from: Some(app.now() - SignedDuration::from_hours(24 * DAYS)),
        others_only: true,
        ..PostFilter::default()
    };
    let open = Viewer { role: Role::Viewer, duties: Vec::new(), member: viewer.member.or(Some(auscult_model::ids::MemberId(0))), ..viewer.clone() };
    let posts = search::posts(&mut app.read().await?, &open, (&Terms::Any, &filter), None, READ).await?;
    let mut groups: Vec<Group> = Vec::new();
    for post in posts.iter().filter(|post| !post.restricted) {
        gather(&mut groups, post);
    }
    let mut ideas: Vec<Idea> = groups.into_iter().map(|group| group.idea).collect();
    ideas.sort_by_key(|idea| std::cmp::Reverse(idea.asked));
    ideas.truncate(SHOWN);
    Ok(ideas)
}

/// One idea by its post, masked: the beginning of a piece.
pub async fn one(app: &App, viewer: &Viewer, id: PostId) -> Result<String, AppError> {
    Ok(masked(&post::get(&mut app.read().await?, viewer, id).await?))
}

fn masked(post: &StoredPost) -> String {
    let text = [&post.post.title, &post.post.text].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let masked = identifiers::mask(&text, &identifiers::find(&text, &AllowList::default()));
    masked.chars().take(280).collect()
}

fn gather(groups: &mut Vec<Group>, post: &StoredPost) {
    let text = masked(post);
    let words: BTreeSet<String> = Text::new(&text).folded_words().filter(|word| word.chars().count() > 3).map(str::to_owned).collect();
    let source = post.post.source.clone().unwrap_or_default();
    if let Some(group) = groups.iter_mut().find(|group| alike(&group.words, &words)) {
        group.idea.asked += 1;
        if !group.idea.sources.contains(&source) {
            group.idea.sources.push(source);
        }
        return;
    }
    groups.push(Group { idea: Idea { post: post.id, text, asked: 1, sources: vec![source] }, words });
}

fn alike(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    let shared = one.intersection(other).count() as f64;
    let all = one.union(other).count() as f64;
    all > 0.0 && shared / all >= ALIKE
}
