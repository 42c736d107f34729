//! What templates may do to a value. Each filter gets the [`Reader`] of the page and never anything else.

#![expect(
    unreachable_pub,
    clippy::inline_always,
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "the attribute of the template engine writes it so"
)]

use askama::filters::Safe;
use askama::{Result, Values};
use jiff::Timestamp;

use crate::render::Reader;
use crate::said::{AsSaid, ToWord};
use crate::time;
use crate::ui::{Due, Icon};

fn reader(values: &dyn Values) -> Result<&Reader> {
    askama::get_value::<Reader>(values, "reader")
}

/// The text of a key.
#[askama::filter_fn]
pub(crate) fn t(key: &str, values: &dyn Values) -> Result<String> {
    Ok(reader(values)?.locale.text(key, &[]))
}

/// The text of a key with one argument.
#[askama::filter_fn]
pub(crate) fn t1<V: ToWord>(
    key: &'static str,
    values: &dyn Values,
    name: &'static str,
    value: V,
) -> Result<String> {
    Ok(reader(values)?.locale.text(key, &[(name, value.to_word())]))
}

/// The text of a key with two arguments.
#[askama::filter_fn]
pub(crate) fn t2<V: ToWord, W: ToWord>(
    key: &'static str,
    values: &dyn Values,
    name: &'static str,
    value: V,
    other_name: &'static str,
    other: W,
) -> Result<String> {
    let words = [(name, value.to_word()), (other_name, other.to_word())];
    Ok(reader(values)?.locale.text(key, &words))
}

/// A text that was chosen earlier.
#[askama::filter_fn]
pub(crate) fn say(said: impl AsSaid, values: &dyn Values) -> Result<String> {
    Ok(reader(values)?.locale.say(said.as_said()))
}

/// A whole number with its groups.
#[askama::filter_fn]
pub(crate) fn num<V: ToWord>(number: V, values: &dyn Values) -> Result<String> {
    let reader = reader(values)?;
    Ok(match number.to_word() {
        crate::said::Word::Count(count) => reader.locale.number(count),
        crate::said::Word::Text(text) => text,
    })
}

/// A path of this workspace.
#[askama::filter_fn]
pub(crate) fn at(path: impl AsRef<str>, values: &dyn Values) -> Result<String> {
    Ok(format!("{}{}", reader(values)?.base, path.as_ref()))
}

/// An icon of the sprite.
#[askama::filter_fn]
pub(crate) fn icon(name: impl AsRef<str>, _: &dyn Values) -> Result<Icon> {
    Ok(Icon::new(name.as_ref()))
}

/// A small icon of the sprite.
#[askama::filter_fn]
pub(crate) fn icon_s(name: impl AsRef<str>, _: &dyn Values) -> Result<Icon> {
    Ok(Icon::small(name.as_ref()))
}

/// A moment as people say it, in a `time` element.
#[askama::filter_fn]
pub(crate) fn when(at: &Timestamp, values: &dyn Values) -> Result<Safe<String>> {
    let reader = reader(values)?;
    let words = time::when(&reader.locale, &reader.zone, reader.now, *at);
    let full = time::full(&reader.locale, &reader.zone, *at);
    Ok(Safe(format!(
        "<time datetime=\"{at}\" title=\"{full}\">{words}</time>"
    )))
}

/// A moment in full.
#[askama::filter_fn]
pub(crate) fn full(at: &Timestamp, values: &dyn Values) -> Result<String> {
    let reader = reader(values)?;
    Ok(time::full(&reader.locale, &reader.zone, *at))
}

/// A day as people say it.
#[askama::filter_fn]
pub(crate) fn day(day: &jiff::civil::Date, values: &dyn Values) -> Result<String> {
    let reader = reader(values)?;
    let today = reader.zone.to_datetime(reader.now).date();
    Ok(time::date(&reader.locale, today, *day))
}

/// A span of minutes.
#[askama::filter_fn]
pub(crate) fn span(minutes: &i64, values: &dyn Values) -> Result<String> {
    Ok(time::span(&reader(values)?.locale, *minutes))
}

/// A clock that runs towards a promise: words, ring, colour.
#[askama::filter_fn]
pub(crate) fn clock(due: &Due, values: &dyn Values) -> Result<Safe<String>> {
    Ok(Safe(due.pill(reader(values)?, "pill")))
}

/// The same clock, larger.
#[askama::filter_fn]
pub(crate) fn clock_big(due: &Due, values: &dyn Values) -> Result<Safe<String>> {
    Ok(Safe(due.pill(reader(values)?, "big")))
}

/// A small label.
#[askama::filter_fn]
pub(crate) fn badge(badge: &crate::ui::Badge, values: &dyn Values) -> Result<Safe<String>> {
    Ok(Safe(badge.html(&reader(values)?.locale)))
}

/// Who can read it, as a small label.
#[askama::filter_fn]
pub(crate) fn audience(
    audience: &crate::ui::Audience,
    values: &dyn Values,
) -> Result<Safe<String>> {
    Ok(Safe(audience.badge().html(&reader(values)?.locale)))
}

/// A figure's tile: value, interval, what it was counted from, change.
#[askama::filter_fn]
pub(crate) fn tile(figure: &crate::ui::Figure, values: &dyn Values) -> Result<Safe<String>> {
    Ok(Safe(figure.tile(&reader(values)?.locale)))
}

/// An interval as a dot with its line, for tables.
#[askama::filter_fn]
pub(crate) fn dot(dot: &crate::charts::IntervalDot, values: &dyn Values) -> Result<Safe<String>> {
    Ok(Safe(dot.svg(&reader(values)?.locale)))
}

/// A chart.
#[askama::filter_fn]
pub(crate) fn chart(chart: &crate::charts::Chart, values: &dyn Values) -> Result<Safe<String>> {
    Ok(Safe(chart.svg(&reader(values)?.locale)))
}

/// Stars of a review, with words for those who do not see them.
#[askama::filter_fn]
pub(crate) fn stars(given: &u8, values: &dyn Values) -> Result<Safe<String>> {
    Ok(Safe(crate::ui::stars(&reader(values)?.locale, *given)))
}

/// Whole seconds until a moment, never below zero.
#[askama::filter_fn]
pub(crate) fn seconds_left(until: &Timestamp, values: &dyn Values) -> Result<i64> {
    let left = until.as_second() - reader(values)?.now.as_second();
    Ok(left.max(0))
}
