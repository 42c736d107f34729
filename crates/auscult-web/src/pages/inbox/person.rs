//! The person beside an open conversation.

use auscult_app::inbox::Opened;
use auscult_app::people;

use crate::error::PageError;
use crate::pages::inbox::show::shown_name;
use crate::pages::people::{before, known_as, need_words};
use crate::pages::words::network;
use crate::pages::{Signed, Site};
use crate::said::Said;
use crate::ui::Avatar;
use crate::view::inbox::{KnownAs, PersonPanel};

/// Earlier conversations beside an open one.
const BEFORE: usize = 5;

/// The person beside the conversation, as far as they are known.
pub(super) async fn panel(
    site: &Site,
    signed: &Signed,
    opened: &Opened,
) -> Result<PersonPanel, PageError> {
    let row = &opened.conversation;
    let name = shown_name(row);
    let mut panel = PersonPanel {
        path: format!(
            "/search?q={}",
            crate::pages::url_encode(&format!("author:\"{}\"", row.handle))
        ),
        avatar: Avatar::unknown(&name).large(),
        name,
        first_heard: Some(row.opened_at),
        conversations: 1,
        needs: Vec::new(),
        needs_note: None,
        speaking_for: None,
        known_as: vec![KnownAs {
            channel: network(&row.source),
            handle: row.handle.clone(),
            evidence: None,
            not_same: None,
        }],
        case: None,
        before: Vec::new(),
    };
    let Some(id) = row.person else {
        return Ok(panel);
    };
    let known = people::get(&site.app, signed.viewer(), id).await?;
    let person = &known.person;
    panel.path = format!("/people/{}", id.0);
    panel.first_heard = Some(person.created_at.min(row.opened_at));
    panel.conversations = u32::try_from(known.conversations.len()).unwrap_or(1).max(1);
    panel.needs = person.needs.iter().map(|need| need_words(*need)).collect();
    if person.restrictions.do_not_contact {
        panel.needs.push(Said::key("person-no-contact"));
    }
    panel.speaking_for = person.restrictions.proxy.clone().map(Said::plain);
    if !known.identities.is_empty() {
        panel.known_as = known.identities.iter().map(known_as).collect();
    }
    let others = known
        .conversations
        .iter()
        .filter(|other| other.id != row.id);
    panel.before = others.take(BEFORE).map(before).collect();
    Ok(panel)
}
