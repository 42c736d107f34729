//! Did we talk with each other: qualifying conversations, their depth, and the people in them.

use std::collections::{BTreeMap, BTreeSet};

use auscult_model::measure::{Estimate, Interval, Turn, conversation, order_statistic_interval};
use auscult_store::measure::Exchange;
use jiff::Timestamp;

use super::{FEW, Ground, PEOPLE, RETURN, people};

type Period = (Timestamp, Timestamp);

pub(super) fn estimates(ground: &Ground) -> Vec<Estimate> {
    let period = (ground.from, ground.to);
    let qualified = ground.exchanges.iter().filter(|exchange| qualifies_in(exchange, period)).count() as u64;
    let mut all = vec![Estimate::rate("en.qc", qualified, 1.0, FEW), two_way(ground.exchanges.iter(), period)];
    let depths: Vec<f64> = ground.exchanges.iter().filter_map(|exchange| depth(exchange, period)).collect();
    all.push(order("en.turn_depth.p50", &depths, 0.5));
    all.push(order("en.turn_depth.p90", &depths, 0.9));
    all.push(Estimate::unavailable("en.thread_h", "none", "the tree of replies below our own posts"));
    let people_of = people_of(ground);
    let addressing = people_of.values().filter(|person| person.addressed).count() as u64;
    let answered: Vec<&Person> = people_of.values().filter(|person| person.answered.is_some()).collect();
    let returned = answered.iter().filter(|person| person.returned).count() as u64;
    all.push(people("en.reciprocity", answered.len() as u64, addressing));
    all.push(people("en.returned", returned, answered.len() as u64));
    all
}

fn turns_before(exchange: &Exchange, end: Timestamp) -> impl Iterator<Item = &(Timestamp, Turn, String)> {
    exchange.turns.iter().filter(move |(at, _, _)| *at < end)
}

/// Whether the thread became a qualifying conversation within the period: by a turn of that time.
fn qualifies_in(exchange: &Exchange, (from, to): Period) -> bool {
    let before: Vec<Turn> = turns_before(exchange, from).map(|(_, turn, _)| *turn).collect();
    let after: Vec<Turn> = turns_before(exchange, to).map(|(_, turn, _)| *turn).collect();
    conversation(&after).qualifying && !conversation(&before).qualifying
}

/// Threads with a turn from outside in the period, and how many of them are a dialogue by its end.
pub(super) fn two_way<'a>(exchanges: impl Iterator<Item = &'a Exchange>, (from, to): Period) -> Estimate {
    let (mut part, mut whole) = (0, 0);
    for exchange in exchanges {
        if !turns_before(exchange, to).any(|(at, turn, _)| *at >= from && *turn == Turn::Out) {
            continue;
        }
        let turns: Vec<Turn> = turns_before(exchange, to).map(|(_, turn, _)| *turn).collect();
        whole += 1;
        part += u64::from(conversation(&turns).qualifying);
    }
    Estimate::share("en.two_way", part, whole, FEW)
}

/// Changes of side in a thread with a turn in the period and a reply of ours.
fn depth(exchange: &Exchange, (from, to): Period) -> Option<f64> {
    turns_before(exchange, to).find(|(at, _, _)| *at >= from)?;
    let turns: Vec<Turn> = turns_before(exchange, to).map(|(_, turn, _)| *turn).collect();
    turns.contains(&Turn::Own).then(|| conversation(&turns).turn_depth as f64)
}

fn order(id: &str, values: &[f64], p: f64) -> Estimate {
    let n = values.len() as u64;
    let mut estimate = Estimate::empty(id, "order_statistic_interval", n);
    estimate.denominator = Some(values.len() as f64);
    let Some(found) = order_statistic_interval(values, p).filter(|_| n >= PEOPLE) else { return estimate };
    estimate.fill(Interval { value: found.quantile, low: found.low.unwrap_or(found.quantile), high: found.high.unwrap_or(found.quantile) });
    estimate.low = found.low;
    estimate.high = found.high;
    estimate
}

/// What a person did, by a name that never leaves this file.
#[derive(Default)]
struct Person {
    addressed: bool,
    answered: Option<Timestamp>,
    returned: bool,
}

fn people_of(ground: &Ground) -> BTreeMap<(String, String), Person> {
    let mut found: BTreeMap<(String, String), Person> = BTreeMap::new();
    for exchange in &ground.exchanges {
        let mut waiting: BTreeSet<&str> = BTreeSet::new();
        for (at, turn, who) in &exchange.turns {
            let inside = *at >= ground.from && *at < ground.to;
            match turn {
                Turn::Out if inside => {
                    waiting.insert(who);
                    found.entry((exchange.source.clone(), who.clone())).or_default().addressed = true;
                }
                Turn::Own if inside => {
                    for who in std::mem::take(&mut waiting) {
                        let person = found.entry((exchange.source.clone(), who.to_owned())).or_default();
                        person.answered = Some(person.answered.map_or(*at, |earlier| earlier.min(*at)));
                    }
                }
                Turn::Out | Turn::Own | Turn::Auto => {}
            }
        }
    }
    mark_returned(&mut found, &ground.exchanges);
    found
}

/// Those who wrote again, anywhere on the same network, within a month after our first reply to them.
fn mark_returned(found: &mut BTreeMap<(String, String), Person>, exchanges: &[Exchange]) {
    for exchange in exchanges {
        for (at, turn, who) in exchange.turns.iter().filter(|(_, turn, _)| *turn == Turn::Out) {
            let Some(person) = found.get_mut(&(exchange.source.clone(), who.clone())) else { continue };
            let Some(reply) = person.answered else { continue };
            person.returned |= *turn == Turn::Out && *at > reply && at.duration_since(reply) <= RETURN;
        }
    }
}
