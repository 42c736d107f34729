//! From what was heard to what is stored: one pass over the text, then where it goes in the inbox.

use auscult_connect::contract::{Inbound, InboundPost};
use auscult_model::hours;
use auscult_model::inbox::Reach;
use auscult_model::listen::{Findings, IngestItem, NewPost, Route, RouteTo};
use auscult_model::post::Post;
use auscult_text::token::Text;

use crate::app::App;
use crate::listen::context::Context;

/// Understands one item; `None` for what cannot be read, which is kept elsewhere.
pub(crate) fn item(app: &App, context: &Context, item: Inbound) -> Option<IngestItem> {
    match item {
        Inbound::Post(inbound) => Some(IngestItem::Post(Box::new(post(app, context, *inbound)))),
        Inbound::Deleted { external_id, at } => Some(IngestItem::Deleted { source: String::new(), external_id, at }),
        Inbound::Broken { .. } => None,
    }
}

fn post(app: &App, context: &Context, inbound: InboundPost) -> NewPost {
    let now = app.now();
    let posted_at = inbound.posted_at.unwrap_or(now).min(now);
    let own = context.is_own(&inbound.post);
    let mut new = NewPost {
        posted_at,
        version_at: inbound.version_at.unwrap_or(posted_at),
        version: inbound.version.clone(),
        thread_root: if inbound.thread_root.is_empty() { inbound.post.id.clone() } else { inbound.thread_root.clone() },
        reply_to: inbound.reply_to.clone(),
        raw: inbound.raw.clone(),
        findings: Findings::default(),
        words: words(&inbound.post),
        own,
        staff: context.is_staff(&inbound.post),
        ..NewPost::default()
    };
    new.route = route(context, &inbound, &new);
    new.post = inbound.post;
    new
}

/// Folded words of title and text, each once, for the search index.
fn words(post: &Post) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for text in [&post.title, &post.text].into_iter().flatten() {
        words.extend(Text::new(text).folded_words().map(str::to_owned));
    }
    words.sort_unstable();
    words.dedup();
    words
}

/// Where an item goes: into the inbox when it speaks to us or a watch says so, and never for our own words.
fn route(context: &Context, inbound: &InboundPost, new: &NewPost) -> Route {
    if new.own || !(inbound.private || inbound.addressed_to_us || context.opens(&new.matches)) {
        return Route::None;
    }
    let urgency = new.findings.urgency;
    let due_at = hours::due(&context.calendar, new.posted_at, urgency).ok();
    Route::Conversation(RouteTo {
        reach: if inbound.private { Reach::Private } else { Reach::Public },
        needs_answer: true,
        urgency,
        due_at,
        team: None,
        restricted: new.restricted,
    })
}
