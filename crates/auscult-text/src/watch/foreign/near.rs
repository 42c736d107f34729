//! Words near each other. The sides of a NEAR must have places in the text here, which other suites do not always ask.

use super::super::error::Span;
use super::Hears;
use super::out::Out;
use super::translate::{Context, Translator};
use super::tree::{How, Part, Step};

/// The most pairs that an AND beside NEAR is written out as.
const MOST_PAIRS: usize = 16;

/// A chain of NEAR, from left to right.
pub(super) fn near(
    translator: &mut Translator<'_>,
    first: &Part,
    steps: &[Step],
    context: Context,
) -> Option<Out> {
    let from = translator.noted();
    let head = translator.part(first, context);
    let mut dropped = Vec::new();
    if head.is_none() {
        dropped.push(from..translator.noted());
    }
    let mut sides = Vec::with_capacity(steps.len());
    for step in steps {
        let is_denied = step.negated || step.how == How::ExceptIn;
        let from = translator.noted();
        match translator.part(&step.side, context.turned(is_denied)) {
            Some(side) => sides.push((step, side)),
            None => dropped.push(from..translator.noted()),
        }
    }
    let out = match head {
        Some(head) if sides.is_empty() => Some(head),
        Some(head) => chain(translator, head, sides, context),
        // Exclusions have nothing left to stand beside.
        None => Out::all(
            sides
                .into_iter()
                .filter(|(step, _)| !step.negated && step.how != How::ExceptIn)
                .map(|(_, side)| side)
                .collect(),
        ),
    }?;
    for notes in dropped {
        translator.dropped(context, notes, Hears::More);
    }
    Some(out)
}

fn chain(
    translator: &mut Translator<'_>,
    head: Out,
    sides: Vec<(&Step, Out)>,
    context: Context,
) -> Option<Out> {
    if head.has_places() && sides.iter().all(|(_, side)| side.has_places()) {
        let steps = sides
            .into_iter()
            .map(|(step, side)| (operator(translator, step, context), side))
            .collect();
        return Some(Out::Near(Box::new(head), steps));
    }
    let operator_span = sides.first().map(|(step, _)| step.operator)?;
    if let [(step, side)] = sides.as_slice()
        && let Some(pairs) = pairs(&head, step, side)
    {
        let says = "AND has no place in a text: each of its words is sought near the other side";
        translator.differs(context, operator_span, says, None);
        return Some(pairs);
    }
    let says = "one side has no place in a text: what must be near is sought in the same post";
    translator.differs(context, operator_span, says, Some(Hears::More));
    let kept = sides
        .into_iter()
        .filter(|(step, _)| !step.negated && step.how != How::ExceptIn)
        .map(|(_, side)| side);
    Out::all(std::iter::once(head).chain(kept).collect())
}

/// The operator as it is written here, with a note where that is new.
fn operator(translator: &mut Translator<'_>, step: &Step, context: Context) -> String {
    match step.how {
        How::Near {
            distance,
            ordered,
            respelt,
        } => {
            let name = if ordered { "ONEAR" } else { "NEAR" };
            let not = if step.negated { "NOT " } else { "" };
            let written = format!("{not}{name}/{distance}");
            if respelt {
                translator.exact(step.operator, format!("{written} here"));
            }
            written
        }
        How::ExceptIn => {
            let says = "NOT NEAR/0 here, which also leaves out words directly beside the exclusion";
            translator.differs(context, step.operator, says, Some(Hears::Less));
            "NOT NEAR/0".to_owned()
        }
    }
}

/// `(a AND b) NEAR/5 c` as `a NEAR/5 c AND b NEAR/5 c`, when that is short.
fn pairs(left: &Out, step: &Step, right: &Out) -> Option<Out> {
    let How::Near {
        distance, ordered, ..
    } = step.how
    else {
        return None;
    };
    if step.negated {
        return None;
    }
    let (left, mut denied) = parts(left)?;
    let (right, more_denied) = parts(right)?;
    if left.len().saturating_mul(right.len()) > MOST_PAIRS {
        return None;
    }
    let name = if ordered { "ONEAR" } else { "NEAR" };
    let mut pairs = Vec::new();
    for one in &left {
        for other in &right {
            let steps = vec![(format!("{name}/{distance}"), (*other).clone())];
            pairs.push(Out::Near(Box::new((*one).clone()), steps));
        }
    }
    denied.extend(more_denied);
    pairs.extend(denied.into_iter().cloned());
    Out::all(pairs)
}

/// The parts of a side that have places, and its exclusions.
fn parts(side: &Out) -> Option<(Vec<&Out>, Vec<&Out>)> {
    let Out::All(sides) = side else {
        return side.has_places().then(|| (vec![side], Vec::new()));
    };
    let (placed, rest): (Vec<&Out>, Vec<&Out>) = sides.iter().partition(|side| side.has_places());
    let all_denied = rest.iter().all(|side| matches!(side, Out::Not(_)));
    (all_denied && !placed.is_empty()).then_some((placed, rest))
}

/// `(a AND b)~5`: each near the one before it.
pub(super) fn all_near(
    translator: &mut Translator<'_>,
    sides: &[Part],
    (distance, mark): (u32, Span),
    context: Context,
) -> Option<Out> {
    let mut kept = Vec::with_capacity(sides.len());
    let mut dropped = Vec::new();
    for side in sides {
        let from = translator.noted();
        match translator.part(side, context) {
            Some(out) => kept.push(out),
            None => dropped.push(from..translator.noted()),
        }
    }
    if kept.is_empty() {
        return None;
    }
    for notes in dropped {
        translator.dropped(context, notes, Hears::More);
    }
    if kept.len() > 1 && kept.iter().all(Out::has_places) {
        let operator = format!("NEAR/{distance}");
        translator.exact(mark, format!("{operator} here"));
        let mut kept = kept.into_iter();
        let first = kept.next()?;
        let steps = kept.map(|side| (operator.clone(), side)).collect();
        return Some(Out::Near(Box::new(first), steps));
    }
    let says = "what must be near is sought in the same post";
    translator.differs(context, mark, says, Some(Hears::More));
    Out::all(kept)
}
