//! People: what they told us about how they want to be spoken with.

use auscult_app::error::AppError;
use auscult_app::people::{self, Asked, Evidence, Identity, Known, Need};
use auscult_app::right::Right;
use auscult_model::ids::{PersonId, PersonNoteId};
use auscult_model::inbox::{Conversation, Reach};
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::error::PageError;
use crate::pages::words::{Done, network};
use crate::pages::{Signed, Site, url_encode};
use crate::render::{page, page_with};
use crate::said::Said;
use crate::ui::{Avatar, Badge, Choice, Empty, Field, Paging, Tone};
use crate::view::inbox::{Before, KnownAs};
use crate::view::people::{NoteLine, PeoplePage, PersonLine, PersonPage};
use crate::view::shell::Place;

/// The routes of this capability.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/people", get(list))
        .route("/people/{id}", get(show).post(save))
        .route("/people/{id}/note", post(add_note))
        .route("/people/{id}/note/{note}/remove", post(remove_note))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Look {
    q: String,
    before: Option<PersonId>,
}

async fn list(
    State(site): State<Site>,
    signed: Signed,
    Query(look): Query<Look>,
) -> Result<Response, PageError> {
    let found = people::list(&site.app, signed.viewer(), &look.q, look.before).await?;
    let line = |person: &people::Person| PersonLine {
        path: format!("/people/{}", person.id.0),
        avatar: Avatar::unknown(&person.name),
        name: person.name.clone(),
        needs: person.needs.iter().map(|need| need_words(*need)).collect(),
        at: person.created_at,
    };
    let (title, why) = if look.q.is_empty() {
        ("people-none", "people-none-why")
    } else {
        ("people-none-found", "people-none-found-why")
    };
    let none = Empty {
        icon: "people",
        title: Said::key(title),
        why: Said::key(why),
        next: None,
    };
    let view = PeoplePage {
        shell: signed.shell(Place::People),
        people: found.people.iter().map(line).collect(),
        paging: Paging {
            before: None,
            after: found
                .next
                .map(|next| format!("/people?q={}&before={}", url_encode(&look.q), next.0)),
        },
        empty: found.people.is_empty().then_some(none),
        query: look.q,
    };
    page(&signed.visit.reader, &view)
}

/// A need in words.
pub(crate) fn need_words(need: Need) -> Said {
    Said::key(match need {
        Need::LargePrint => "need-large_print",
        Need::EasyRead => "need-easy_read",
        Need::ScreenReader => "need-screen_reader",
        Need::Braille => "need-braille",
        Need::Audio => "need-audio",
        Need::SignLanguage => "need-sign_language",
        Need::Interpreter => "need-interpreter",
        Need::InWriting => "need-in_writing",
        Need::ByTelephone => "need-by_telephone",
        Need::MoreTime => "need-more_time",
    })
}

/// An account of a person.
pub(crate) fn known_as(identity: &Identity) -> KnownAs {
    let names = [&identity.handle, &identity.name];
    let shown = names.into_iter().flatten().find(|name| !name.is_empty());
    KnownAs {
        channel: network(&identity.source),
        handle: shown.unwrap_or(&identity.external_id).clone(),
        evidence: match identity.evidence {
            Evidence::Verified => None,
            Evidence::Stated => Some(Badge::new(Tone::Plain, Said::key("person-evidence-stated"))),
            Evidence::Guessed => Some(Badge::new(Tone::Warn, Said::key("person-evidence-guessed"))),
        },
        not_same: None,
    }
}

/// A conversation we had before.
pub(crate) fn before(row: &Conversation) -> Before {
    let key = match row.reach {
        Reach::Public => "before-public",
        Reach::Private => "before-private",
    };
    Before {
        path: format!("/inbox/{}", row.number),
        title: row.last_line.clone(),
        note: Said::key(key).with("channel", network(&row.source)),
    }
}

async fn view(
    site: &Site,
    signed: &Signed,
    id: PersonId,
    known: Known,
) -> Result<PersonPage, PageError> {
    let members = auscult_app::access::members(&site.app, signed.viewer()).await?;
    let me = signed.viewer().member;
    let path = format!("/people/{}", id.0);
    let person = known.person;
    let notes = known.notes.into_iter().map(|note| NoteLine {
        by: members
            .iter()
            .find(|member| member.id == note.member)
            .map(|member| member.name.clone())
            .unwrap_or_default(),
        remove: (me == Some(note.member)).then(|| format!("{path}/note/{}/remove", note.id.0)),
        text: note.text,
        at: note.at,
    });
    Ok(PersonPage {
        shell: signed.shell(Place::People),
        version: person.version,
        avatar: Avatar::unknown(&person.name).large(),
        first_heard: person.created_at,
        needs: Need::ALL
            .iter()
            .map(|need| {
                Choice::new(
                    need.as_str(),
                    need_words(*need),
                    person.needs.contains(need),
                )
            })
            .collect(),
        lang: Field::with(person.lang.unwrap_or_default()),
        proxy: Field::with(person.restrictions.proxy.unwrap_or_default()),
        do_not_contact: person.restrictions.do_not_contact,
        name: Field::with(person.name),
        known_as: known.identities.iter().map(known_as).collect(),
        before: known.conversations.iter().map(before).collect(),
        notes: notes.collect(),
        may_change: Right::Answer.of(signed.viewer()),
        path,
    })
}

async fn show(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<PersonId>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let known = people::get(&site.app, signed.viewer(), id).await?;
    let mut view = view(&site, &signed, id, known).await?;
    view.shell.flash = done.flash();
    page(&signed.visit.reader, &view)
}

async fn save(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<PersonId>,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let mut asked = Asked {
        version: 0,
        name: String::new(),
        needs: Vec::new(),
        lang: None,
        do_not_contact: false,
        proxy: None,
    };
    for (key, value) in form {
        match key.as_str() {
            "version" => asked.version = value.parse().unwrap_or(0),
            "name" => asked.name = value,
            "need" => asked.needs.extend(Need::parse(&value)),
            "lang" => asked.lang = Some(value),
            "proxy" => asked.proxy = Some(value),
            "do_not_contact" => asked.do_not_contact = true,
            _ => {}
        }
    }
    match people::save(&site.app, signed.viewer(), id, asked).await {
        Ok(()) => Ok(Redirect::to(&format!("/people/{}?saved=1", id.0)).into_response()),
        Err(AppError::Invalid { message, .. }) => {
            let known = people::get(&site.app, signed.viewer(), id).await?;
            let mut view = view(&site, &signed, id, known).await?;
            view.name = view.name.wrong(Said::plain(message));
            page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &signed.visit.reader,
                &view,
            )
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct NoteForm {
    text: String,
}

async fn add_note(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<PersonId>,
    Form(form): Form<NoteForm>,
) -> Result<Redirect, PageError> {
    people::add_note(&site.app, signed.viewer(), id, &form.text).await?;
    Ok(Redirect::to(&format!("/people/{}", id.0)))
}

async fn remove_note(
    State(site): State<Site>,
    signed: Signed,
    Path((id, note)): Path<(PersonId, PersonNoteId)>,
) -> Result<Redirect, PageError> {
    people::remove_note(&site.app, signed.viewer(), note).await?;
    Ok(Redirect::to(&format!("/people/{}", id.0)))
}
