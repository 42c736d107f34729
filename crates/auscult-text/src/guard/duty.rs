//! What an answer owes: the crisis line (G14), the way of a side effect (G17), the offline contact (G18).

use super::case::{Kind, Region};
use super::check::{Desk, Fault};
use super::contacts;
use crate::crisis::{Lines, any_named_in, lines};
use crate::reading::Reading;

/// Rules about what the draft as a whole lacks.
pub(crate) fn whole_draft(desk: &Desk<'_>, faults: &mut Vec<Fault>) {
    let engine = desk.policy.engine();
    let reading = Reading::new(engine, &desk.case.draft);
    let hits = reading.hits(engine);
    let says = |name: &str| {
        let wanted = engine.set_id(name);
        hits.iter().any(|hit| Some(hit.set) == wanted)
    };
    let is_reply = desk.case.kind == Kind::Reply;
    if desk.posted.crisis
        && desk.in_force("G14")
        && (!has_line(desk) || says("marketing") || says("stock"))
    {
        faults.push(Fault::whole("G14"));
    }
    let routed = reading.holds(engine.class_id("advicewords"))
        && reading.holds(engine.class_id("drughealth"));
    if desk.posted.adverse
        && is_reply
        && desk.in_force("G17")
        && !routed
        && !(desk.case.safety_record_open && reading.holds(engine.class_id("advicewords")))
    {
        faults.push(Fault::whole("G17"));
    }
    let answered_by_page = desk.posted.about_fact && reading.holds(engine.class_id("ownpage"));
    let open_complaint =
        desk.posted.complaint && !desk.posted.crisis && !desk.posted.adverse && !answered_by_page;
    if is_reply
        && open_complaint
        && desk.in_force("G18")
        && !desk.case.draft.trim().is_empty()
        && !contacts::offers_contact(desk, &desk.case.draft)
    {
        faults.push(Fault::whole("G18"));
    }
}

/// The lines of the case's country; where it has none, those of the region.
pub(crate) fn country_lines(desk: &Desk<'_>) -> Option<&'static Lines> {
    let region = desk.case.region.unwrap_or(desk.policy.region);
    let country = desk
        .case
        .country
        .as_deref()
        .or(if desk.case.region.is_some() {
            None
        } else {
            desk.policy.country.as_deref()
        });
    country
        .and_then(lines)
        .or_else(|| lines(region.default_country()))
}

/// Where nobody said which country it is, the line of any country is help.
fn has_line(desk: &Desk<'_>) -> bool {
    let unsaid = desk.case.region.is_none()
        && desk.case.country.is_none()
        && desk.policy.country.is_none()
        && desk.policy.region == Region::default();
    if unsaid {
        any_named_in(&desk.case.draft)
    } else {
        country_lines(desk).is_some_and(|lines| lines.named_in(&desk.case.draft))
    }
}
