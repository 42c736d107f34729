//! The editor of a piece as its page shows it.

use auscult_app::plan::piece::{self, Draft, Opened};
use auscult_app::plan::{STANCES, ideas};
use auscult_app::right::Right;
use auscult_model::approval::ApprovalState;
use auscult_model::ids::{ChannelId, PieceId, PostId};
use auscult_model::plan::{Aim, Occurrence, PieceState};

use super::calendar::{piece_badge, sending_badge, stance_words};
use super::form::{Typed, claim_lines};
use crate::error::PageError;
use crate::pages::inbox::guard_view;
use crate::pages::{Signed, Site};
use crate::said::Said;
use crate::ui::{Audience, Badge, Choice, Field, Tone, network_icon};
use crate::view::plan::{PiecePage, PieceStep, Sending, Variant};
use crate::view::shell::Place;

/// What an empty editor begins with: a day of the calendar, or a question people ask.
pub(super) async fn begun(site: &Site, signed: &Signed, day: Option<&str>, idea: Option<i64>) -> Result<Typed, PageError> {
    let mut fields = vec![("stance".to_owned(), STANCES.first().copied().unwrap_or_default().to_owned())];
    if let Some(day) = day.filter(|day| day.parse::<jiff::civil::Date>().is_ok()) {
        fields.push(("at".to_owned(), format!("{day}T10:00")));
    }
    if let Some(id) = idea {
        fields.push(("title".to_owned(), ideas::one(&site.app, signed.viewer(), PostId(id)).await?));
        fields.push(("question".to_owned(), id.to_string()));
    }
    Ok(Typed(fields))
}

/// The page: of a stored piece, with what was typed over it and what is wrong with that.
pub(super) async fn view(site: &Site, signed: &Signed, id: Option<PieceId>, typed: Option<&Typed>, wrong: Option<(&str, Said)>) -> Result<PiecePage, PageError> {
    let opened = match id {
        Some(id) => Some(piece::open(&site.app, signed.viewer(), id).await?),
        None => None,
    };
    let drafts = drafts(site, signed, opened.as_ref(), typed).await?;
    let aims = match &opened {
        Some(opened) => opened.aims.clone(),
        None => piece::aims(&site.app, signed.viewer()).await?,
    };
    let fields = Fields { opened: opened.as_ref(), typed, signed };
    let blocked = blocked(&drafts, opened.as_ref(), wrong.as_ref());
    let wrong = |name: &str, field: Field| match &wrong {
        Some((at, words)) if *at == name => field.wrong(words.clone()),
        Some(_) | None => field,
    };
    let others = opened.as_ref().map(|opened| opened.others.clone()).unwrap_or_default();
    Ok(PiecePage {
        shell: signed.shell(Place::Plan),
        path: id.map_or_else(|| "/plan/new".to_owned(), |id| format!("/plan/{id}")),
        version: fields.version(),
        title: wrong("title", Field::with(fields.title())),
        claims: wrong("claims", Field::with(fields.claims())),
        review_on: wrong("review_on", Field::with(fields.review_on())),
        question: typed.map_or_else(String::new, |typed| typed.get("question").to_owned()),
        lede: Said::key("piece-lede"),
        state: opened.as_ref().map(|opened| standing(opened)),
        stances: STANCES.iter().map(|stance| Choice::new(*stance, stance_words(stance), *stance == fields.stance())).collect(),
        aims: aim_choices(&aims, &fields.aim()),
        variants: drafts.iter().map(|draft| variant_view(draft, opened.as_ref())).collect(),
        addable: others.iter().map(|channel| Choice::new(channel.id.to_string(), Said::plain(channel.name.clone()), false)).collect(),
        at: wrong("at", Field::with(fields.at())),
        zone: signed.actor.workspace.settings.time_zone.clone(),
        sendings: opened.as_ref().map(|opened| sendings(opened, &drafts)).unwrap_or_default(),
        steps: opened.as_ref().map(|opened| steps(signed, opened)).unwrap_or_default(),
        checks: drafts.iter().flat_map(checks).collect(),
        blocked,
        lineage: Vec::new(),
    })
}

/// Adds an empty text for a channel.
pub(super) async fn add(site: &Site, signed: &Signed, view: &mut PiecePage, id: ChannelId) -> Result<(), PageError> {
    let draft = piece::blank(&site.app, signed.viewer(), id, "").await?;
    view.addable.retain(|choice| choice.value != id.to_string());
    view.variants.push(variant_view(&draft, None));
    Ok(())
}

/// The texts to show: what is stored, with what was typed over it; every channel for a new piece.
async fn drafts(site: &Site, signed: &Signed, opened: Option<&Opened>, typed: Option<&Typed>) -> Result<Vec<Draft>, PageError> {
    let mut drafts = opened.map(|opened| opened.drafts.clone()).unwrap_or_default();
    let words = typed.map(Typed::variants).unwrap_or_default();
    for (channel, text) in &words {
        let blank = piece::blank(&site.app, signed.viewer(), *channel, text).await?;
        match drafts.iter_mut().find(|draft| draft.channel.id == *channel) {
            Some(draft) => draft.checked = blank.checked,
            None => drafts.push(blank),
        }
    }
    if opened.is_none() && words.is_empty() {
        for channel in piece::publishing(&site.app, signed.viewer()).await? {
            drafts.push(piece::blank(&site.app, signed.viewer(), channel.id, "").await?);
        }
    }
    Ok(drafts)
}

/// What stands in the fields: what was typed, else what is stored.
struct Fields<'a> {
    opened: Option<&'a Opened>,
    typed: Option<&'a Typed>,
    signed: &'a Signed,
}

impl Fields<'_> {
    fn pick(&self, name: &str, stored: impl Fn(&Opened) -> String) -> String {
        match (self.typed, self.opened) {
            (Some(typed), _) => typed.get(name).to_owned(),
            (None, Some(opened)) => stored(opened),
            (None, None) => String::new(),
        }
    }

    fn version(&self) -> i64 {
        let typed = self.typed.and_then(|typed| typed.get("version").parse().ok());
        typed.or_else(|| self.opened.map(|opened| opened.piece.version)).filter(|_| self.opened.is_some()).unwrap_or(0)
    }

    fn title(&self) -> String {
        self.pick("title", |opened| opened.piece.title.clone())
    }

    fn stance(&self) -> String {
        self.pick("stance", |opened| opened.piece.stance.clone())
    }

    fn aim(&self) -> String {
        self.pick("aim", |opened| opened.piece.aim.map(|aim| aim.to_string()).unwrap_or_default())
    }

    fn claims(&self) -> String {
        self.pick("claims", |opened| claim_lines(&opened.piece.claims))
    }

    fn review_on(&self) -> String {
        let zone = &self.signed.visit.reader.zone;
        self.pick("review_on", |opened| opened.piece.review_on.map(|at| zone.to_datetime(at).date().to_string()).unwrap_or_default())
    }

    fn at(&self) -> String {
        let next = |opened: &Opened| opened.occurrences.iter().rev().find(|sending| sending.delivery.is_none()).map(|sending| sending.wall_time.clone());
        self.pick("at", |opened| next(opened).unwrap_or_default())
    }
}

fn aim_choices(aims: &[Aim], chosen: &str) -> Vec<Choice> {
    let none = Choice::new("", Said::key("aim-none"), chosen.is_empty());
    let one = |aim: &Aim| Choice::new(aim.id.to_string(), Said::plain(aim.outcome.clone()), aim.id.to_string() == chosen);
    std::iter::once(none).chain(aims.iter().map(one)).collect()
}

fn standing(opened: &Opened) -> Badge {
    let last = opened.occurrences.iter().rev().find(|sending| sending.delivery.is_some());
    last.filter(|_| opened.piece.state == PieceState::Ready).map_or_else(|| piece_badge(opened.piece.state), |sending| sending_badge(sending.state))
}

fn variant_view(draft: &Draft, opened: Option<&Opened>) -> Variant {
    let id = draft.variant.as_ref().map(|variant| variant.id);
    let sending = |opened: &Opened| opened.occurrences.iter().rev().find(|sending| Some(sending.variant) == id).map(|sending| sending_badge(sending.state));
    Variant {
        id: draft.channel.id.to_string(),
        icon: network_icon(&draft.channel.network),
        channel: draft.channel.name.clone(),
        handle: draft.channel.handle.clone().unwrap_or_default(),
        text: draft.checked.text().to_owned(),
        count: draft.checked.count.to_string(),
        left: draft.checked.count.left(),
        guard: guard_view(&draft.checked.judged, 0, Audience::Public),
        delivery: opened.and_then(sending),
    }
}

fn checks(draft: &Draft) -> Vec<(Badge, Said)> {
    if draft.checked.text().is_empty() {
        return Vec::new();
    }
    let wrong = draft.checked.problems.iter().map(|problem| {
        let badge = Badge::with_icon(Tone::Danger, "alert", Said::plain(draft.channel.name.clone()));
        (badge, Said::plain(problem.message.clone()))
    });
    wrong.collect()
}

fn blocked(drafts: &[Draft], opened: Option<&Opened>, wrong: Option<&(&str, Said)>) -> Option<Said> {
    if let Some((_, words)) = wrong {
        return Some(words.clone());
    }
    if let Some(draft) = drafts.iter().find(|draft| draft.checked.judged.blocks()) {
        return Some(Said::key("piece-blocked-guard").with("channel", draft.channel.name.clone()));
    }
    if drafts.is_empty() {
        return Some(Said::key("piece-no-channel"));
    }
    let opened = opened?;
    if opened.drafts.iter().any(|draft| draft.checked.needs_approval && !draft.approved) && opened.occurrences.iter().any(|sending| sending.delivery.is_none()) {
        return Some(Said::key("piece-saved-approval"));
    }
    piece::obstacles(opened).into_iter().next().map(|problem| Said::plain(problem.message))
}

fn sendings(opened: &Opened, drafts: &[Draft]) -> Vec<Sending> {
    let channel = |sending: &Occurrence| drafts.iter().find(|draft| draft.channel.id == sending.channel).map_or_else(|| sending.network.clone(), |draft| draft.channel.name.clone());
    let one = |sending: &Occurrence| Sending {
        cancel: cancellable(sending).then(|| format!("{}:{}", sending.id, sending.version)),
        icon: network_icon(&sending.network),
        channel: channel(sending),
        at: sending.at,
        state: sending_badge(sending.state),
    };
    opened.occurrences.iter().map(one).collect()
}

fn cancellable(sending: &Occurrence) -> bool {
    use auscult_model::delivery::DeliveryState::{Held, Late, Planned, Queued};
    matches!(sending.state, Held | Late | Planned | Queued)
}

fn steps(signed: &Signed, opened: &Opened) -> Vec<PieceStep> {
    let plain = |name: &'static str, done: bool| PieceStep { name: Said::key(name), done, now: false, mine: false, approval: String::new(), note: None, at: None };
    let mut steps = vec![plain("piece-step-written", !opened.drafts.is_empty())];
    steps.push(plain("piece-step-guard", piece::obstacles(opened).is_empty() && opened.drafts.iter().all(|draft| !draft.checked.judged.blocks())));
    for draft in opened.drafts.iter().filter(|draft| draft.checked.needs_approval) {
        let asked = draft.approvals.iter().rev().find(|approval| approval.state == ApprovalState::Asked);
        let last = draft.approvals.last();
        steps.push(PieceStep {
            name: Said::key("piece-step-approval").with("channel", draft.channel.name.clone()),
            done: draft.approved || last.is_some_and(|approval| approval.state == ApprovalState::Used),
            mine: asked.is_some_and(|approval| Some(approval.asked_by) != signed.viewer().member) && Right::Approve.of(signed.viewer()),
            approval: asked.map(|approval| format!("{}:{}", approval.id, approval.text_hash)).unwrap_or_default(),
            note: last.filter(|approval| !approval.note.is_empty()).map(|approval| Said::plain(approval.note.clone())),
            at: last.and_then(|approval| approval.decided_at),
            now: false,
        });
    }
    let out = opened.occurrences.iter().any(|sending| matches!(sending.state, auscult_model::delivery::DeliveryState::Sent | auscult_model::delivery::DeliveryState::Verified));
    steps.push(plain("piece-step-out", out));
    if let Some(next) = steps.iter_mut().find(|step| !step.done) {
        next.now = true;
    }
    steps
}
