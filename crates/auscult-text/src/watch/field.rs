//! The fields of the watch language and their names (docs/specs/watch-language.md, 6).

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

/// A field of text, in which words are sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of section 6.1")]
pub enum TextField {
    Title,
    Text,
    Lead,
    Name,
    Bio,
    Parent,
}

/// A field that is compared with values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of section 6.2")]
pub enum ValueField {
    Source,
    Site,
    Url,
    Link,
    Author,
    ParentAuthor,
    Verified,
    Lang,
    Country,
    Region,
    City,
    Is,
    Has,
    Id,
    ParentId,
    Sentiment,
    Urgency,
    Status,
    Topic,
    Tag,
    Intent,
    Assignee,
    Team,
    Weekday,
    Since,
    Until,
    Before,
    After,
    Date,
    Hashtag,
    Mention,
}

/// A field that is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of section 6.3")]
pub enum NumberField {
    Stars,
    Likes,
    Reposts,
    Replies,
    Views,
    Followers,
    Engagement,
    Words,
    Hour,
}

/// What a name before a colon can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    Text(TextField),
    Value(ValueField),
    Number(NumberField),
    Case,
    Sentence,
    Paragraph,
    Raw,
    List,
    Watch,
}

/// Every name, for the lexer, for completion and for "did you mean".
pub(crate) const NAMES: [(&str, Field); 55] = [
    ("title", Field::Text(TextField::Title)),
    ("text", Field::Text(TextField::Text)),
    ("body", Field::Text(TextField::Text)),
    ("lead", Field::Text(TextField::Lead)),
    ("name", Field::Text(TextField::Name)),
    ("bio", Field::Text(TextField::Bio)),
    ("parent", Field::Text(TextField::Parent)),
    ("case", Field::Case),
    ("sentence", Field::Sentence),
    ("paragraph", Field::Paragraph),
    ("raw", Field::Raw),
    ("list", Field::List),
    ("watch", Field::Watch),
    ("source", Field::Value(ValueField::Source)),
    ("channel", Field::Value(ValueField::Source)),
    ("site", Field::Value(ValueField::Site)),
    ("url", Field::Value(ValueField::Url)),
    ("link", Field::Value(ValueField::Link)),
    ("author", Field::Value(ValueField::Author)),
    ("parent-author", Field::Value(ValueField::ParentAuthor)),
    ("verified", Field::Value(ValueField::Verified)),
    ("lang", Field::Value(ValueField::Lang)),
    ("country", Field::Value(ValueField::Country)),
    ("region", Field::Value(ValueField::Region)),
    ("city", Field::Value(ValueField::City)),
    ("is", Field::Value(ValueField::Is)),
    ("kind", Field::Value(ValueField::Is)),
    ("has", Field::Value(ValueField::Has)),
    ("id", Field::Value(ValueField::Id)),
    ("parent-id", Field::Value(ValueField::ParentId)),
    ("sentiment", Field::Value(ValueField::Sentiment)),
    ("urgency", Field::Value(ValueField::Urgency)),
    ("status", Field::Value(ValueField::Status)),
    ("topic", Field::Value(ValueField::Topic)),
    ("tag", Field::Value(ValueField::Tag)),
    ("intent", Field::Value(ValueField::Intent)),
    ("assignee", Field::Value(ValueField::Assignee)),
    ("team", Field::Value(ValueField::Team)),
    ("weekday", Field::Value(ValueField::Weekday)),
    ("since", Field::Value(ValueField::Since)),
    ("until", Field::Value(ValueField::Until)),
    ("before", Field::Value(ValueField::Before)),
    ("after", Field::Value(ValueField::After)),
    ("date", Field::Value(ValueField::Date)),
    ("hashtag", Field::Value(ValueField::Hashtag)),
    ("mention", Field::Value(ValueField::Mention)),
    ("stars", Field::Number(NumberField::Stars)),
    ("likes", Field::Number(NumberField::Likes)),
    ("reposts", Field::Number(NumberField::Reposts)),
    ("replies", Field::Number(NumberField::Replies)),
    ("views", Field::Number(NumberField::Views)),
    ("followers", Field::Number(NumberField::Followers)),
    ("engagement", Field::Number(NumberField::Engagement)),
    ("words", Field::Number(NumberField::Words)),
    ("hour", Field::Number(NumberField::Hour)),
];

impl Field {
    /// The field of this name, in any case.
    pub(crate) fn named(name: &str) -> Option<Self> {
        NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, field)| *field)
    }
}

impl ValueField {
    /// The name it is written with.
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(_, field)| *field == Field::Value(self))
            .map_or("", |(name, _)| name)
    }

    /// The values of a field with a closed set.
    pub(crate) const fn closed_set(self) -> Option<&'static [&'static str]> {
        Some(match self {
            Self::Verified => &["yes", "no"],
            Self::Is => &["post", "reply", "repost", "review", "comment", "article"],
            Self::Has => &[
                "image", "video", "audio", "gif", "poll", "document", "link", "question",
                "hashtag", "mention", "emoji", "title", "parent",
            ],
            Self::Sentiment => &["positive", "neutral", "negative", "mixed"],
            Self::Urgency => &["low", "normal", "high", "critical"],
            Self::Status => &["open", "pending", "snoozed", "resolved"],
            Self::Weekday => &["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
            _ => return None,
        })
    }

    /// Whether the field is filled inside the product.
    pub(crate) const fn is_workflow(self) -> bool {
        matches!(
            self,
            Self::Sentiment
                | Self::Urgency
                | Self::Status
                | Self::Topic
                | Self::Tag
                | Self::Intent
                | Self::Assignee
                | Self::Team
        )
    }

    /// Whether the values are dates.
    pub(crate) const fn is_date(self) -> bool {
        matches!(
            self,
            Self::Since | Self::Until | Self::Before | Self::After | Self::Date
        )
    }

    /// Whether the field yields spans.
    pub(crate) const fn is_positional(self) -> bool {
        matches!(self, Self::Hashtag | Self::Mention)
    }
}

impl NumberField {
    /// The name it is written with.
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(_, field)| *field == Field::Number(self))
            .map_or("", |(name, _)| name)
    }
}

impl TextField {
    /// The name it is written with.
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(_, field)| *field == Field::Text(self))
            .map_or("", |(name, _)| name)
    }
}

/// The field a mistyped name may have meant.
pub(crate) fn nearest(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    NAMES
        .iter()
        .map(|(known, _)| (distance(known, &lower), *known))
        .min()
        .filter(|(distance, _)| *distance <= 2 && lower.len() > 2)
        .map(|(_, known)| known)
}

/// Insertions, deletions, replacements and swaps of neighbours between two short ASCII names.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<u8> = right.bytes().take(24).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let mut previous = None;
    for (row, byte) in left.bytes().enumerate() {
        let mut next = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let at =
                |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&last, column) + usize::from(byte != *other))
                .min(at(&last, column + 1) + 1)
                .min(at(&next, column) + 1);
            let earlier = column
                .checked_sub(1)
                .and_then(|index| right.get(index).copied());
            if previous == Some(*other) && earlier == Some(byte) && column > 0 {
                best = best.min(at(&before, column - 1) + 1);
            }
            next.push(best);
        }
        previous = Some(byte);
        before = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or(usize::MAX)
}
