//! Words in one sentence or paragraph.

use super::Hears;
use super::out::Out;
use super::translate::{Context, Translator};
use super::tree::{Part, PieceStep};

/// Words in one sentence or paragraph.
pub(super) fn piece(
    translator: &mut Translator<'_>,
    first: &Part,
    steps: &[PieceStep],
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
        let from = translator.noted();
        if let Some(side) = translator.part(&step.side, context.turned(step.negated)) {
            if step.reach > 1 {
                let says = "within one sentence or paragraph, not several";
                translator.differs(
                    context.turned(step.negated),
                    step.operator,
                    says,
                    Some(Hears::Less),
                );
            }
            sides.push((step, side));
        } else {
            dropped.push(from..translator.noted());
        }
    }
    let Some(head) = head else {
        // Without what they stand beside, exclusions have no sentence.
        let kept = sides.into_iter().filter(|(step, _)| !step.negated);
        let out = Out::all(kept.map(|(_, side)| side).collect())?;
        for notes in dropped {
            translator.dropped(context, notes, Hears::More);
        }
        return Some(out);
    };
    for notes in dropped {
        translator.dropped(context, notes, Hears::More);
    }
    if sides.is_empty() {
        return Some(head);
    }
    if !head.fits_a_piece() || !sides.iter().all(|(_, side)| side.fits_a_piece()) {
        let says = "fields of text have no sentence here: sought in the same post";
        let operator = steps.first().map_or(first.span, |step| step.operator);
        translator.differs(context, operator, says, Some(Hears::More));
        let kept = sides.into_iter().filter(|(step, _)| !step.negated);
        return Out::all(
            std::iter::once(head)
                .chain(kept.map(|(_, side)| side))
                .collect(),
        );
    }
    let operator = |step: &PieceStep| match (step.negated, step.is_paragraph) {
        (false, false) => "SENTENCE",
        (false, true) => "PARAGRAPH",
        (true, false) => "NOT SENTENCE",
        (true, true) => "NOT PARAGRAPH",
    };
    let steps = sides.into_iter().map(|(step, side)| (operator(step), side));
    Some(Out::Piece(Box::new(head), steps.collect()))
}
