//! The inbox: views, list, conversation, composer with the guard, person.
//!
//! Opening a conversation answers with the whole page; a script takes `#inbox` out of it. What changes by itself has
//! its own fragment: [`ListView`], [`Timeline`], [`Composer`], [`GuardView`].

use askama::Template;
use jiff::Timestamp;
use serde::Serialize;

use crate::filters;
use crate::said::Said;
use crate::ui::{Audience, Avatar, Badge, Choice, Due, Empty, Paging};
use crate::view::shell::Shell;

/// The page: `/inbox` and `/inbox/{number}`.
#[derive(Debug, Clone, Template)]
#[template(path = "inbox/page.html")]
pub struct InboxPage {
    /// What stands around it; its `fill` is set.
    pub shell: Shell,
    /// Views with their counts, in groups.
    pub views: Vec<ViewGroup>,
    /// The list.
    pub list: ListView,
    /// The open conversation.
    pub open: Option<ConversationView>,
    /// The person of the open conversation.
    pub person: Option<PersonPanel>,
    /// Whether the conversation itself was asked for; on a small screen the list shows otherwise.
    pub opened: bool,
}

/// Views under one heading.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewGroup {
    /// The heading; the first group has none.
    pub name: Option<Said>,
    /// The views.
    pub links: Vec<ViewLink>,
}

/// A view with its count.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewLink {
    /// Its path.
    pub path: String,
    /// Its icon.
    pub icon: &'static str,
    /// Its name.
    pub name: Said,
    /// How many; `None` shows a dash.
    pub count: Option<u32>,
    /// Whether it is a matter of safety.
    pub hot: bool,
    /// Whether it is shown.
    pub current: bool,
}

/// The list; also the fragment of `/inbox/list`.
#[derive(Debug, Clone, Template)]
#[template(path = "inbox/list.html")]
pub struct ListView {
    /// The view's name.
    pub name: Said,
    /// How many conversations it has.
    pub count: Option<u32>,
    /// The path of this fragment, with the view's parameters.
    pub path: String,
    /// The rows.
    pub rows: Vec<ConversationRow>,
    /// Why it is empty.
    pub empty: Option<Empty>,
    /// The way on.
    pub paging: Paging,
    /// The words of the filter.
    pub query: String,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversationRow {
    /// Its number.
    pub number: i64,
    /// Its path, with the view's parameters.
    pub path: String,
    /// Whether it is open.
    pub current: bool,
    /// Whether something in it is unread.
    pub unread: bool,
    /// Who wrote.
    pub person: String,
    /// The channel's icon.
    pub icon: &'static str,
    /// The channel's name.
    pub channel: String,
    /// Who can read it.
    pub audience: Audience,
    /// The promise.
    pub due: Option<Due>,
    /// Who waits when there is no promise.
    pub waits: Said,
    /// The last words.
    pub last: String,
    /// The language of the last words, when it is not the page's.
    pub lang: Option<String>,
    /// Whether the last words are ours.
    pub ours: bool,
    /// Labels.
    pub badges: Vec<Badge>,
    /// Who has it.
    pub assignee: Option<Avatar>,
    /// Who writes in it right now.
    pub writing: Option<Avatar>,
}

/// A thing a member can do, as a button of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// What is sent as the button's value.
    pub value: String,
    /// Its words.
    pub label: Said,
    /// Whether it is so already.
    pub chosen: bool,
}

/// The open conversation.
#[derive(Debug, Clone)]
pub struct ConversationView {
    /// Its number.
    pub number: i64,
    /// The version it was read at.
    pub version: i64,
    /// Who wrote.
    pub person: String,
    /// Their mark.
    pub avatar: Avatar,
    /// How well we know them, such as "handle only".
    pub known: Option<Badge>,
    /// The channel's icon.
    pub icon: &'static str,
    /// The channel's name.
    pub channel: String,
    /// The place it is about.
    pub place: Option<String>,
    /// Where it stands.
    pub state: Badge,
    /// The promise.
    pub due: Option<Due>,
    /// Who has it.
    pub assignee: Option<Avatar>,
    /// Whether the member has it.
    pub mine: bool,
    /// Whether it is finished.
    pub resolved: bool,
    /// To whom it can be given; posts `member` to `/inbox/{number}/assign`.
    pub members: Vec<Act>,
    /// To which team; posts `team` to `/inbox/{number}/team`.
    pub teams: Vec<Act>,
    /// Labels; posts `label` to `/inbox/{number}/label`, which puts it on or takes it off.
    pub labels: Vec<Act>,
    /// Priorities; posts `priority` to `/inbox/{number}/priority`.
    pub priorities: Vec<Act>,
    /// Until when it can rest; posts `until` to `/inbox/{number}/snooze`.
    pub snoozes: Vec<Act>,
    /// Why it can be finished; posts `reason` to `/inbox/{number}/resolve`.
    pub reasons: Vec<Act>,
    /// Kinds of case it can become; posts `kind` to `/inbox/{number}/case`.
    pub cases: Vec<Act>,
    /// Who else is here, and what they do.
    pub here: Vec<(Avatar, Said)>,
    /// Its case: path and words.
    pub case: Option<(String, Said)>,
    /// What was said and done.
    pub timeline: Timeline,
    /// Where an answer is written.
    pub composer: Option<Composer>,
    /// Why there is no composer.
    pub no_composer: Option<Said>,
}

/// What was said and done; also the fragment of `/inbox/{number}/timeline`.
#[derive(Debug, Clone, Template)]
#[template(path = "inbox/timeline.html")]
pub struct Timeline {
    /// The conversation's number.
    pub number: i64,
    /// Oldest first.
    pub entries: Vec<EntryView>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq)]
pub enum EntryView {
    /// A day begins.
    Day(Said),
    /// Something happened.
    Event {
        /// What.
        text: Said,
        /// When.
        at: Timestamp,
    },
    /// Words of the person or of us, or a note.
    Message(Box<MessageView>),
    /// A message that was deleted where it was written.
    Tombstone {
        /// When it was deleted.
        at: Timestamp,
    },
}

/// Words.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageView {
    /// Whether they are ours.
    pub ours: bool,
    /// Who can read them.
    pub audience: Audience,
    /// The writer's mark.
    pub avatar: Avatar,
    /// The writer's name.
    pub author: String,
    /// When.
    pub at: Timestamp,
    /// Stars of a review.
    pub stars: Option<u8>,
    /// The text, paragraph by paragraph, as it was written.
    pub paragraphs: Vec<String>,
    /// Its language, when it is not the page's.
    pub lang: Option<String>,
    /// Where it stands on the network.
    pub link: Option<String>,
    /// What else is to say: "Two people have read this".
    pub footer: Option<Said>,
    /// How its delivery stands.
    pub delivery: Option<DeliveryView>,
}

/// How a delivery stands.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryView {
    /// Its state.
    pub state: Badge,
    /// What happened and what is next; empty text when the state says it all.
    pub what: Option<Said>,
    /// While it is held: where to undo (posts), and until when.
    pub undo: Option<(String, Timestamp)>,
    /// What a member can do: a path to post to, and words.
    pub actions: Vec<(String, Said)>,
    /// Where it is taken down (posts `reason`), while it stands on its network.
    pub take_down: Option<String>,
}

/// Where an answer is written; also the fragment after `/inbox/{number}/draft`.
///
/// Posts `as`, `text`, `version`, `key`, `identity`, `later` to `/inbox/{number}/send`; to `/draft` to keep or to
/// change the audience; to `/check` while typing (answers [`GuardAnswer`] as JSON); to `/ask` with `approver`.
#[derive(Debug, Clone, Template)]
#[template(path = "inbox/composer.html")]
pub struct Composer {
    /// The conversation's number.
    pub number: i64,
    /// The version the answer is written against.
    pub version: i64,
    /// The version of the kept draft; 0 when there is none.
    pub draft: i64,
    /// The key that makes one message of two sends.
    pub key: String,
    /// Who will read it.
    pub audience: Audience,
    /// The audiences to choose from.
    pub may: Vec<Audience>,
    /// Where it will be read, such as the channel's name; or to whom.
    pub place: String,
    /// In whose name we can answer.
    pub identities: Vec<Choice>,
    /// The text.
    pub text: String,
    /// What the guard says of it.
    pub guard: GuardView,
    /// Its length by the network's rule: "156 of 4,096".
    pub count: String,
    /// Whether it is too long.
    pub over: bool,
    /// Replies that were written before.
    pub replies: Vec<SavedReply>,
    /// Who can give the second pair of eyes.
    pub approvers: Vec<Choice>,
    /// Whether a second member must approve before it goes out.
    pub needs_approval: bool,
    /// How an approval that was asked for stands.
    pub approval: Option<Said>,
    /// Somebody else answered meanwhile: their words, and who.
    pub conflict: Option<(String, String)>,
    /// The channel has no way to answer: the words are copied and posted by hand at this address.
    pub by_hand: Option<String>,
    /// How long a message can be undone, in seconds.
    pub undo_seconds: u32,
}

impl Composer {
    /// Whether sending is stopped.
    pub fn stopped(&self) -> bool {
        self.over || self.guard.verdict == Verdict::Block
    }

    fn is(&self, audience: &Audience) -> bool {
        self.audience == *audience
    }
}

/// A reply that was written before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedReply {
    /// Its name.
    pub name: String,
    /// Its words.
    pub text: String,
}

/// What the guard says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verdict {
    /// It may go out.
    #[default]
    Clear,
    /// A second person has to look.
    Warn,
    /// It stays here.
    Block,
}

/// The guard's list with the rewrite; also part of [`GuardAnswer`].
#[derive(Debug, Clone, PartialEq, Default, Template)]
#[template(path = "inbox/guard.html")]
pub struct GuardView {
    /// What it says.
    pub verdict: Verdict,
    /// What it found.
    pub findings: Vec<GuardFinding>,
    /// A wording that works.
    pub rewrite: Option<String>,
    /// Whether moving the draft to private would help.
    pub private_helps: bool,
    /// Whether the same draft is written in another window.
    pub elsewhere: bool,
    /// The conversation, for the buttons; 0 for a piece.
    pub number: i64,
}

/// One finding.
#[derive(Debug, Clone, PartialEq)]
pub struct GuardFinding {
    /// The number beside the words at fault.
    pub number: usize,
    /// Where they start, in characters.
    pub start: usize,
    /// Where they end, in characters.
    pub end: usize,
    /// Why.
    pub why: Said,
    /// The rules, such as "G01 G06".
    pub rules: String,
    /// Whether it stops the send.
    pub hard: bool,
}

/// The answer of the guard while somebody types, as the script reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GuardAnswer {
    /// Where to mark.
    pub findings: Vec<GuardMark>,
    /// Whether it may not be sent.
    pub blocked: bool,
    /// One sentence for screen readers.
    pub said: String,
    /// The rendered [`GuardView`].
    pub html: String,
    /// The length.
    pub count: String,
    /// Whether it is too long.
    pub over: bool,
    /// The version of the draft that is kept now.
    pub draft: i64,
}

/// One mark in the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GuardMark {
    /// Where it starts, in characters.
    pub start: usize,
    /// Where it ends, in characters.
    pub end: usize,
    /// Its number in the list.
    pub number: usize,
    /// Whether it stops the send.
    pub hard: bool,
}

impl GuardView {
    /// The marks of the text.
    pub fn marks(&self) -> Vec<GuardMark> {
        let mark = |finding: &GuardFinding| GuardMark {
            start: finding.start,
            end: finding.end,
            number: finding.number,
            hard: finding.hard,
        };
        self.findings.iter().map(mark).collect()
    }

    /// The sentence for the head of the list and for screen readers.
    pub fn head(&self) -> Said {
        let n = self.findings.len();
        match self.verdict {
            Verdict::Clear => Said::key("guard-clear"),
            Verdict::Warn => Said::key("guard-warn").with("n", n),
            Verdict::Block => Said::key("guard-block").with("n", n),
        }
    }
}

/// The person beside the conversation.
#[derive(Debug, Clone)]
pub struct PersonPanel {
    /// Their page.
    pub path: String,
    /// Their mark.
    pub avatar: Avatar,
    /// Their name or handle.
    pub name: String,
    /// When we first heard them.
    pub first_heard: Option<Timestamp>,
    /// How many conversations we had.
    pub conversations: u32,
    /// What they need from us, as they said.
    pub needs: Vec<Said>,
    /// When they said so.
    pub needs_note: Option<Said>,
    /// For whom they speak, and what may be said.
    pub speaking_for: Option<Said>,
    /// Other names we know them by.
    pub known_as: Vec<KnownAs>,
    /// The steps of their case.
    pub case: Option<CaseSteps>,
    /// What we talked about before.
    pub before: Vec<Before>,
}

/// Another name of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownAs {
    /// The channel.
    pub channel: String,
    /// The name there.
    pub handle: String,
    /// How we know: stated or guessed; verified needs no label.
    pub evidence: Option<Badge>,
    /// Where to say that it is somebody else (posts), for guesses.
    pub not_same: Option<String>,
}

/// The steps of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseSteps {
    /// Its path.
    pub path: String,
    /// Its name.
    pub name: Said,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Whether it is done.
    pub done: bool,
    /// Whether it is the next one.
    pub now: bool,
    /// What it is.
    pub name: Said,
    /// By when, by whom, or when it was done.
    pub note: Option<Said>,
}

/// A conversation of before.
#[derive(Debug, Clone, PartialEq)]
pub struct Before {
    /// Its path.
    pub path: String,
    /// What it was about.
    pub title: String,
    /// When and where.
    pub note: Said,
}
