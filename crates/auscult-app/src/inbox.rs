//! The inbox: what waits, what was said, and what a member does with it.

use auscult_model::draft::{Draft, SaveDraft};
use auscult_model::ids::{ConversationId, DeliveryId, LabelId, MemberId, TeamId};
use auscult_model::inbox::{
    Audience, Conversation, Entry, InboxCounts, InboxPage, InboxView, Internal, Label, Priority,
    QueuePlace, ResolveReason,
};
use auscult_model::listen::StoredPost;
use auscult_model::member::{Team, Viewer};
use auscult_model::search::PostFilter;
use auscult_store::attention::{self, Doing};
use auscult_store::inbox::{self, Expected};
use auscult_store::{draft, label, member, outbox, post};
use jiff::{SignedDuration, Timestamp};

use crate::access::{note, required};
use crate::app::App;
use crate::error::AppError;
use crate::right::Right;

/// Rows of a page.
pub const PAGE: u32 = 50;
/// What somebody does on a page is believed for this long.
const PRESENT: SignedDuration = SignedDuration::from_secs(45);
/// A note is at most this long.
const NOTE: usize = 10_000;

/// A page of a view, by who waits longest.
pub async fn list(
    app: &App,
    viewer: &Viewer,
    view: &InboxView,
    after: Option<QueuePlace>,
) -> Result<InboxPage, AppError> {
    Ok(inbox::list(&mut app.read().await?, viewer, view, after, PAGE).await?)
}

/// How many conversations each view holds.
pub async fn counts(app: &App, viewer: &Viewer) -> Result<InboxCounts, AppError> {
    Ok(inbox::counts(&mut app.read().await?, viewer, app.now()).await?)
}

/// Labels of the workspace.
pub async fn labels(app: &App, viewer: &Viewer) -> Result<Vec<Label>, AppError> {
    Ok(label::list(&mut app.read().await?, viewer).await?)
}

/// Teams of the workspace.
pub async fn teams(app: &App, viewer: &Viewer) -> Result<Vec<Team>, AppError> {
    Ok(member::teams(&mut app.read().await?, viewer).await?)
}

/// An open conversation with all that is shown beside it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The conversation.
    pub conversation: Conversation,
    /// What was said and done, oldest first.
    pub entries: Vec<Entry>,
    /// The post that opened it.
    pub post: Option<StoredPost>,
    /// Who else is here.
    pub here: Vec<Here>,
    /// The viewer's own draft.
    pub draft: Option<Draft>,
}

/// Somebody else on a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// Their name.
    pub name: String,
    /// Whether they write.
    pub editing: bool,
}

/// Opens a conversation by its number and marks it as read.
pub async fn open(app: &App, viewer: &Viewer, number: i64) -> Result<Opened, AppError> {
    let now = app.now();
    let mut conn = app.read().await?;
    let conversation = inbox::by_number(&mut conn, viewer, number).await?;
    let entries = inbox::entries(&mut conn, viewer, conversation.id, 0).await?;
    let post = match conversation.post {
        Some(id) => post::get(&mut conn, viewer, id).await.ok(),
        None => None,
    };
    let here = attention::presences(&mut conn, viewer, Some(conversation.id), now).await?;
    let others = here
        .into_iter()
        .filter(|presence| Some(presence.member) != viewer.member);
    let here = others
        .map(|presence| Here {
            name: presence.name,
            editing: matches!(presence.doing, Doing::Editing),
        })
        .collect();
    let draft = draft::own(&mut conn, viewer, conversation.id).await?;
    drop(conn);
    if viewer.member.is_some() {
        let mut tx = app.begin().await?;
        attention::read(&mut tx, viewer, conversation.id, conversation.last_seq, now).await?;
        attention::present(
            &mut tx,
            viewer,
            conversation.id,
            (Doing::Viewing, now + PRESENT),
            now,
        )
        .await?;
        app.commit(tx).await?;
    }
    Ok(Opened {
        conversation,
        entries,
        post,
        here,
        draft,
    })
}

/// The conversation alone, by its number.
pub async fn by_number(app: &App, viewer: &Viewer, number: i64) -> Result<Conversation, AppError> {
    Ok(inbox::by_number(&mut app.read().await?, viewer, number).await?)
}

/// A conversation and what is in it, for programs: nobody is shown as looking, nothing is marked as read.
pub async fn look(
    app: &App,
    viewer: &Viewer,
    number: i64,
) -> Result<(Conversation, Vec<Entry>), AppError> {
    let mut conn = app.read().await?;
    let conversation = inbox::by_number(&mut conn, viewer, number).await?;
    let entries = inbox::entries(&mut conn, viewer, conversation.id, 0).await?;
    Ok((conversation, entries))
}

/// The conversations of the newest posts for which a query is true, each once.
pub async fn search(
    app: &App,
    viewer: &Viewer,
    query: &str,
    limit: usize,
) -> Result<Vec<Conversation>, AppError> {
    let found = crate::search::posts(
        app,
        viewer,
        (query, &PostFilter::default()),
        None,
        limit.saturating_mul(4),
    )
    .await?;
    let mut conn = app.read().await?;
    let mut conversations: Vec<Conversation> = Vec::new();
    for id in found.posts.iter().filter_map(|post| post.conversation) {
        if conversations.len() == limit {
            break;
        }
        if conversations.iter().any(|known| known.id == id) {
            continue;
        }
        // One that the viewer may not see is left out without a word.
        if let Ok(conversation) = inbox::get(&mut conn, viewer, id).await {
            conversations.push(conversation);
        }
    }
    Ok(conversations)
}

/// Something a member does with a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Gives it to somebody, or to nobody.
    Assign(Option<MemberId>),
    /// Takes it, if nobody has it.
    Take,
    /// Gives it to a team, or to none.
    Team(Option<TeamId>),
    /// Lets it rest until then.
    Snooze(Timestamp),
    /// Finishes it.
    Resolve(ResolveReason),
    /// Opens it again.
    Reopen,
    /// Moves it in the order of work.
    Priority(Priority),
    /// Puts a label on.
    Label(LabelId),
    /// Takes a label off.
    Unlabel(LabelId),
    /// Marks it as unread.
    Unread,
}

/// Does it, if nobody changed the conversation since the version the member saw.
pub async fn act(
    app: &App,
    viewer: &Viewer,
    (id, version): (ConversationId, i64),
    act: Act,
) -> Result<(), AppError> {
    Right::Answer.demand(viewer)?;
    let now = app.now();
    let seen = Expected { id, version };
    let mut tx = app.begin().await?;
    match act {
        Act::Assign(to) => drop(inbox::assign(&mut tx, viewer, seen, to, now).await?),
        Act::Take => drop(inbox::take(&mut tx, viewer, seen, now).await?),
        Act::Team(team) => drop(inbox::set_team(&mut tx, viewer, seen, team, now).await?),
        Act::Snooze(until) if until <= now => {
            return Err(AppError::invalid(
                "until",
                "choose a time that is still to come",
            ));
        }
        Act::Snooze(until) => drop(inbox::snooze(&mut tx, viewer, seen, until, now).await?),
        Act::Resolve(reason) => drop(inbox::resolve(&mut tx, viewer, seen, reason, now).await?),
        Act::Reopen => drop(inbox::reopen(&mut tx, viewer, seen, now).await?),
        Act::Priority(priority) => {
            inbox::set_priority(&mut tx, viewer, seen, priority, now).await?;
        }
        Act::Label(label) => inbox::add_label(&mut tx, viewer, id, label, now).await?,
        Act::Unlabel(label) => inbox::remove_label(&mut tx, viewer, id, label, now).await?,
        Act::Unread => attention::unread(&mut tx, viewer, id).await?,
    }
    app.commit(tx).await
}

/// Writes a note among us. It cannot go out: its audience is a type that nothing sends.
pub async fn add_note(
    app: &App,
    viewer: &Viewer,
    id: ConversationId,
    audience: &Internal,
    text: &str,
) -> Result<(), AppError> {
    Right::Answer.demand(viewer)?;
    let text = required("text", text, NOTE)?;
    let mut tx = app.begin().await?;
    inbox::add_note(&mut tx, viewer, id, (audience, &text), app.now()).await?;
    app.commit(tx).await
}

/// Makes a label.
pub async fn add_label(
    app: &App,
    viewer: &Viewer,
    name: &str,
    colour: &str,
) -> Result<LabelId, AppError> {
    Right::Answer.demand(viewer)?;
    let name = required("name", name, 60)?;
    let mut tx = app.begin().await?;
    let id = label::add(&mut tx, viewer, &name, colour, app.now()).await?;
    note(&mut tx, viewer, "label.made", ("label", id.0), app.now());
    app.commit(tx).await?;
    Ok(id)
}

/// Says that the viewer writes in a conversation.
pub async fn writing(app: &App, viewer: &Viewer, id: ConversationId) -> Result<(), AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    attention::present(&mut tx, viewer, id, (Doing::Editing, now + PRESENT), now).await?;
    app.commit(tx).await
}

/// Keeps a draft as it is typed, over the version that was last seen (0 for the first). Says the new version.
///
/// # Errors
/// [`AppError::Conflict`] when it was typed in another window meanwhile: nothing is overwritten.
pub async fn save_draft(
    app: &App,
    viewer: &Viewer,
    conversation: &Conversation,
    (audience, text): (Audience, &str),
    over: i64,
) -> Result<i64, AppError> {
    Right::Answer.demand(viewer)?;
    let Some(member) = viewer.member else {
        return Ok(0);
    };
    let save = SaveDraft {
        conversation: conversation.id,
        member,
        shared: false,
        audience,
        text: text.chars().take(100_000).collect(),
        verdict: "{}".to_owned(),
        against_version: conversation.version,
    };
    let mut tx = app.begin().await?;
    let (_, version) = draft::save(&mut tx, viewer, &save, over, app.now()).await?;
    app.commit(tx).await?;
    Ok(version)
}

/// Forgets the viewer's draft.
pub async fn discard_draft(app: &App, viewer: &Viewer, id: ConversationId) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    draft::discard(&mut tx, viewer, id).await?;
    app.commit(tx).await
}

/// The number of a conversation the viewer may see.
pub async fn number_of(app: &App, viewer: &Viewer, id: ConversationId) -> Result<i64, AppError> {
    Ok(inbox::get(&mut app.read().await?, viewer, id).await?.number)
}

/// The number of the conversation a delivery answers in; `None` for one of the plan.
pub async fn number_of_delivery(
    app: &App,
    viewer: &Viewer,
    id: DeliveryId,
) -> Result<Option<i64>, AppError> {
    let mut conn = app.read().await?;
    let delivery = outbox::get(&mut conn, viewer, id).await?;
    match delivery.conversation {
        Some(id) => Ok(Some(inbox::get(&mut conn, viewer, id).await?.number)),
        None => Ok(None),
    }
}
