//! From what was heard to what is stored: one reading of the text, then where it goes in the inbox.

use auscult_connect::contract::{Inbound, InboundPost};
use auscult_model::hours;
use auscult_model::inbox::Reach;
use auscult_model::listen::{Findings, IngestItem, NewPost, Route, RouteTo, TopicFinding};
use auscult_model::post::Post;
use auscult_text::classify::{Classified, Classifier, Flag, Intent, Scratch};
use auscult_text::token::Text;
use jiff::Timestamp;

use crate::app::App;
use crate::listen::context::Context;
use crate::listen::engine::Desk;

/// Understands items one after the other; buffers are used again.
pub(crate) struct Understanding<'a> {
    app: &'a App,
    context: &'a Context,
    classifier: &'static Classifier,
    scratch: Scratch,
    desk: Desk,
    now: Timestamp,
}

impl<'a> Understanding<'a> {
    /// Gets ready for a batch.
    pub(crate) fn new(app: &'a App, context: &'a Context) -> Self {
        Self {
            app,
            context,
            classifier: Classifier::built_in(),
            scratch: Scratch::default(),
            desk: Desk::default(),
            now: app.now(),
        }
    }

    /// Understands one item; `None` for what cannot be read, which is kept elsewhere.
    pub(crate) fn item(&mut self, item: Inbound) -> Option<IngestItem> {
        match item {
            Inbound::Post(inbound) => Some(IngestItem::Post(Box::new(self.post(*inbound)))),
            Inbound::Deleted { external_id, at } => Some(IngestItem::Deleted {
                source: self.context.source.clone(),
                external_id,
                at,
            }),
            Inbound::Broken { .. } => None,
        }
    }

    fn post(&mut self, inbound: InboundPost) -> NewPost {
        let posted_at = inbound.posted_at.unwrap_or(self.now).min(self.now);
        let classified = self
            .classifier
            .explain(&inbound.post, self.now, &mut self.scratch);
        let (matches, subjects) = self.app.watches.matches(
            self.context.workspace.id,
            &inbound.post,
            self.now,
            &mut self.desk,
        );
        let own = self.context.is_own(&inbound.post);
        let remembered = || {
            let workspace = self.context.workspace.id;
            self.app.seen.cluster(workspace, &inbound.post)
        };
        let mut new = NewPost {
            posted_at,
            version_at: inbound.version_at.unwrap_or(posted_at),
            version: inbound.version.clone(),
            thread_root: if inbound.thread_root.is_empty() {
                inbound.post.id.clone()
            } else {
                inbound.thread_root.clone()
            },
            reply_to: inbound.reply_to.clone(),
            raw: inbound.raw.clone(),
            findings: findings(&classified),
            matches,
            subjects,
            words: words(&inbound.post),
            cluster: (!own).then(remembered).flatten(),
            own,
            staff: self.context.is_staff(&inbound.post),
            restricted: classified.flags.contains(&Flag::CrisisSelfHarm),
            ..NewPost::default()
        };
        new.route = route(self.context, &inbound, &new, &classified);
        new.post = inbound.post;
        new
    }
}

/// Findings as the store keeps them.
pub(crate) fn findings(classified: &Classified) -> Findings {
    Findings {
        json: serde_json::to_string(classified).unwrap_or_default(),
        lang: classified.lang.tag.clone(),
        sentiment: classified.sentiment.label.as_str().to_owned(),
        intent: classified
            .intents
            .first()
            .map_or_else(String::new, |intent| intent.id.as_str().to_owned()),
        urgency: classified.urgency,
        salience: classified.salience.value,
        polarity: f64::from(classified.sentiment.score),
        topics: classified
            .topics
            .iter()
            .map(|topic| TopicFinding {
                id: topic.id.as_str().to_owned(),
                polarity: f64::from(topic.polarity),
            })
            .collect(),
        flags: classified
            .flags
            .iter()
            .map(|flag| flag.as_str().to_owned())
            .collect(),
        rules: concat!("classify ", env!("CARGO_PKG_VERSION")).to_owned(),
    }
}

/// Folded words of title and text, each once, for the search index.
pub(crate) fn words(post: &Post) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for text in [&post.title, &post.text].into_iter().flatten() {
        words.extend(Text::new(text).folded_words().map(str::to_owned));
    }
    words.sort_unstable();
    words.dedup();
    words
}

/// Where an item goes: into the inbox when it speaks to us or a watch says so, and never for our own words.
fn route(
    context: &Context,
    inbound: &InboundPost,
    new: &NewPost,
    classified: &Classified,
) -> Route {
    let heard = inbound.private || inbound.addressed_to_us || context.opens(&new.matches);
    let noise = |intent: Intent| matches!(intent, Intent::SpamJob | Intent::News);
    let is_noise = classified
        .intents
        .first()
        .is_some_and(|intent| noise(intent.id))
        && !inbound.addressed_to_us
        && !inbound.private;
    if new.own || !heard || is_noise {
        return Route::None;
    }
    // Salience of 70 or more raises an unanswered post one step, at most to 2 (DESIGN, salience and the queue).
    let urgency = if new.findings.salience >= 70 && new.findings.urgency < 2 {
        new.findings.urgency + 1
    } else {
        new.findings.urgency
    };
    Route::Conversation(RouteTo {
        reach: if inbound.private {
            Reach::Private
        } else {
            Reach::Public
        },
        needs_answer: needs_answer(classified) || inbound.private,
        urgency,
        due_at: hours::due(&context.calendar, new.posted_at, urgency).ok(),
        team: None,
        restricted: new.restricted,
    })
}

/// An answer is owed to a question, a complaint, a call for help; thanks are read, and answered when there is time.
fn needs_answer(classified: &Classified) -> bool {
    let owed = |intent: Intent| match intent {
        Intent::CrisisSelfHarm
        | Intent::SafetyEvent
        | Intent::AdverseDrugEvent
        | Intent::ServiceRecovery
        | Intent::Complaint
        | Intent::Question
        | Intent::SeekingRecommendation
        | Intent::Misinformation => true,
        Intent::SpamJob | Intent::News | Intent::Praise => false,
    };
    classified.intents.is_empty() || classified.intents.iter().any(|intent| owed(intent.id))
}
