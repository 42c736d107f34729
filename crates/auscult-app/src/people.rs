//! People as the organisation knows them: contact records, never patient records. Nothing about health is kept here.

use auscult_model::ids::{IdentityId, PersonId, PersonNoteId};
use auscult_model::inbox::Conversation;
use auscult_model::member::Viewer;
pub use auscult_model::person::{Evidence, Identity, Need, Person, PersonNote};
use auscult_store::{inbox, person};

use crate::access::{note, required};
use crate::app::App;
use crate::error::AppError;
use crate::right::Right;

/// People on a page of the list.
const PAGE: u32 = 50;

/// A page of people, newest first.
#[derive(Debug, Clone)]
pub struct Page {
    /// The people.
    pub people: Vec<Person>,
    /// Where the next page begins.
    pub next: Option<PersonId>,
}

/// A person with everything we know from what they told us.
#[derive(Debug, Clone)]
pub struct Known {
    /// The person.
    pub person: Person,
    /// Their accounts.
    pub identities: Vec<Identity>,
    /// Notes of members, newest first.
    pub notes: Vec<PersonNote>,
    /// Conversations the viewer may see, newest first.
    pub conversations: Vec<Conversation>,
}

/// People whose name or handle begins with `name`; all of them when it is empty.
pub async fn list(
    app: &App,
    viewer: &Viewer,
    name: &str,
    before: Option<PersonId>,
) -> Result<Page, AppError> {
    let mut conn = app.read().await?;
    let name = name.trim().trim_start_matches('@');
    let mut people = person::list(&mut conn, viewer, name, before, PAGE + 1).await?;
    let more = people.len() > PAGE as usize;
    people.truncate(PAGE as usize);
    let next = if more {
        people.last().map(|last| last.id)
    } else {
        None
    };
    Ok(Page { people, next })
}

/// A person.
pub async fn get(app: &App, viewer: &Viewer, id: PersonId) -> Result<Known, AppError> {
    let mut conn = app.read().await?;
    Ok(Known {
        person: person::get(&mut conn, viewer, id).await?,
        identities: person::identities(&mut conn, viewer, id).await?,
        notes: person::notes(&mut conn, viewer, id).await?,
        conversations: inbox::of_person(&mut conn, viewer, id).await?,
    })
}

/// What a person asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The version these words were written against.
    pub version: i64,
    /// The name as shown.
    pub name: String,
    /// Formats they need.
    pub needs: Vec<Need>,
    /// Their language, BCP 47.
    pub lang: Option<String>,
    /// Do not contact.
    pub do_not_contact: bool,
    /// Who may speak for them, and about what.
    pub proxy: Option<String>,
}

/// Writes down what a person asked for.
pub async fn save(app: &App, viewer: &Viewer, id: PersonId, asked: Asked) -> Result<(), AppError> {
    Right::Answer.demand(viewer)?;
    let name = required("name", &asked.name, 200)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let mut changed = person::get(&mut tx, viewer, id).await?;
    changed.version = asked.version;
    changed.name = name;
    changed.needs = asked.needs;
    changed.lang = asked.lang.filter(|lang| !lang.trim().is_empty());
    changed.restrictions.do_not_contact = asked.do_not_contact;
    changed.restrictions.proxy = asked.proxy.filter(|proxy| !proxy.trim().is_empty());
    person::save(&mut tx, viewer, &changed, now).await?;
    note(&mut tx, viewer, "person.changed", ("person", id.0), now);
    app.commit(tx).await
}

/// Adds a note for colleagues.
pub async fn add_note(
    app: &App,
    viewer: &Viewer,
    id: PersonId,
    text: &str,
) -> Result<(), AppError> {
    Right::Answer.demand(viewer)?;
    let text = required("text", text, 5_000)?;
    let mut tx = app.begin().await?;
    person::add_note(&mut tx, viewer, id, &text, app.now()).await?;
    app.commit(tx).await
}

/// Removes a note of one's own.
pub async fn remove_note(app: &App, viewer: &Viewer, id: PersonNoteId) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    person::remove_note(&mut tx, viewer, id).await?;
    app.commit(tx).await
}

/// Says how we know that an account is this person's.
pub async fn set_evidence(
    app: &App,
    viewer: &Viewer,
    id: IdentityId,
    evidence: Evidence,
) -> Result<(), AppError> {
    Right::Answer.demand(viewer)?;
    let mut tx = app.begin().await?;
    person::set_evidence(&mut tx, viewer, id, evidence).await?;
    let now = app.now();
    note(&mut tx, viewer, "person.evidence", ("identity", id.0), now);
    app.commit(tx).await
}
