//! Marks behind a part: how far words may stand apart, how often they must be there, what they weigh.

use super::super::error::Span;
use super::out::{Out, print};
use super::translate::{Context, Translator};
use super::tree::{Form, Leaf, Mark, Part, What};
use super::words::{self, Said};
use super::{Dialect, Hears, near};

/// A part with marks behind it.
pub(super) fn marked(
    translator: &mut Translator<'_>,
    body: &Part,
    marks: &[(Mark, Span)],
    context: Context,
) -> Option<Out> {
    let mut marks = marks.iter();
    let mut out = match (&body.what, marks.as_slice().first()) {
        (What::Words(leaf), Some((Mark::Slop(count), span))) if leaf.form == Form::Quoted => {
            marks.next();
            sloppy(translator, leaf, (*count, body.span.to(*span)), context)?
        }
        (What::All(sides), Some((Mark::Slop(count), span))) if body.bracketed => {
            marks.next();
            near::all_near(translator, sides, (*count, *span), context)?
        }
        _ => translator.part(body, context)?,
    };
    for (sign, span) in marks {
        out = mark(translator, out, (*sign, *span), context);
    }
    Some(out)
}

fn sloppy(
    translator: &mut Translator<'_>,
    leaf: &Leaf,
    (count, span): (u32, Span),
    context: Context,
) -> Option<Out> {
    let said = words::words(&leaf.text, false, Some(count));
    if let Said::Words(out) = &said {
        if translator.dialect == Dialect::Talkwalker {
            let says = format!(
                "{}: other words between are counted here, moves of words there",
                print(out)
            );
            translator.differs(context, span, &says, None);
        } else {
            translator.exact(span, format!("{} here", print(out)));
        }
    }
    translator.said(said, span, context)
}

fn mark(
    translator: &mut Translator<'_>,
    out: Out,
    (mark, span): (Mark, Span),
    context: Context,
) -> Out {
    match mark {
        Mark::Boost => {
            let says = "a weight for the order of results";
            translator.sign_left_out(context, span, says, Hears::Same);
            out
        }
        Mark::Slop(_) => {
            let says = "words that are spelt alike, or that stand near each other in other ways, are not heard";
            translator.sign_left_out(context, span, says, Hears::Less);
            out
        }
        Mark::Often(..) if !out.has_places() => {
            let says = "how often something is there is counted for words and phrases only";
            translator.sign_left_out(context, span, says, Hears::More);
            out
        }
        Mark::Often(low, high) => {
            let least = Out::AtLeast(low, Box::new(out.clone()));
            let whole = match high {
                Some(high) => {
                    let too_often = Out::AtLeast(high.saturating_add(1), Box::new(out));
                    Out::All(vec![least, too_often.not()])
                }
                None => least,
            };
            translator.exact(span, format!("{} here", print(&whole)));
            whole
        }
    }
}
