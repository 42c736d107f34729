//! Which column is which field: presets of known exports, and the mapping a workspace saves for its own.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use auscult_model::post::PostKind;
use serde::{Deserialize, Serialize};

use super::ImportError;
use crate::dates::DateOrder;

/// A field of a post that a column can fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The id the network gave it.
    Id,
    /// When it was written.
    CreatedAt,
    /// The time of day, when it stands apart from the date.
    Time,
    /// Where it can be read.
    Url,
    /// Headline.
    Title,
    /// What the person wrote.
    Text,
    /// The author's id.
    AuthorId,
    /// The author's name.
    AuthorName,
    /// The author's handle.
    Handle,
    /// How many accounts follow the author.
    Followers,
    /// The network.
    Source,
    /// Post, reply, review …
    Kind,
    /// Language.
    Lang,
    /// Country.
    Country,
    /// Region.
    Region,
    /// City.
    City,
    /// Rating.
    Stars,
    /// Likes.
    Likes,
    /// Shares.
    Reposts,
    /// Replies.
    Replies,
    /// Views.
    Views,
    /// What it answers: an id or an address.
    Parent,
    /// The first post of its thread.
    Thread,
    /// The place a review is about.
    Place,
    /// The clinician a review is about.
    Provider,
    /// Labels.
    Tags,
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = serde_json::to_value(self).ok();
        formatter.write_str(
            name.as_ref()
                .and_then(serde_json::Value::as_str)
                .unwrap_or("field"),
        )
    }
}

/// Names of columns; the first that holds something counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Columns {
    /// One column.
    One(String),
    /// Several, best first.
    Several(Vec<String>),
}

impl Columns {
    /// The names, best first.
    pub fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

/// How the rows of a file become posts; saved as TOML or JSON.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// The preset that fills what `columns` does not name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// The source of rows that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The kind of rows that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<PostKind>,
    /// The zone of times without offset, as `Europe/Dublin`; UTC unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// `dmy` or `mdy`, for dates such as 03/04/2026.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// `,` where numbers are written 4,5; found out for each number unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal: Option<char>,
    /// The best rating; 5 unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
    /// What separates cells; found out unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// The encoding by its label, as `windows-1252`; found out unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Field to column or columns.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<Field, Columns>,
}

impl Mapping {
    /// Reads a saved mapping, TOML or JSON.
    pub fn parse(text: &str) -> Result<Self, ImportError> {
        let text = text.trim_start_matches('\u{feff}').trim();
        let read = if text.starts_with('{') {
            serde_json::from_str(text).map_err(|error| error.to_string())
        } else {
            toml::from_str(text).map_err(|error| error.to_string())
        };
        let mapping: Self = read
            .map_err(|error| ImportError::Mapping(format!("the mapping does not read: {error}")))?;
        if let Some(name) = &mapping.preset {
            preset(name)?;
        }
        Ok(mapping)
    }
}

/// A known kind of export.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// Its name.
    pub name: String,
    /// The kind of its rows, where the export holds one kind only.
    #[serde(default)]
    pub kind: Option<PostKind>,
    /// Columns that only this export has.
    pub marks: Vec<String>,
    /// Field to columns, best first.
    pub columns: BTreeMap<Field, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PresetFile {
    version: String,
    preset: Vec<Preset>,
}

/// The presets, and the version of their file.
pub fn presets() -> Result<&'static (String, Vec<Preset>), ImportError> {
    static READ: LazyLock<Result<(String, Vec<Preset>), String>> = LazyLock::new(|| {
        let file: Result<PresetFile, _> = toml::from_str(include_str!("presets.toml"));
        file.map(|file| (file.version, file.preset))
            .map_err(|error| error.to_string())
    });
    READ.as_ref()
        .map_err(|error| ImportError::Mapping(format!("the presets do not read: {error}")))
}

/// A preset by its name.
pub fn preset(name: &str) -> Result<&'static Preset, ImportError> {
    let (_, presets) = presets()?;
    let names = presets
        .iter()
        .map(|preset| preset.name.clone())
        .collect::<Vec<_>>()
        .join(", ");
    presets
        .iter()
        .find(|preset| preset.name.eq_ignore_ascii_case(name))
        .ok_or_else(|| {
            ImportError::Mapping(format!("there is no preset “{name}”; there are: {names}"))
        })
}

/// A column name without what differs between two exports.
pub(super) fn fold(name: &str) -> String {
    let letters: String = name
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    letters.replace("twitter", "x").replace("tweets", "posts")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_read_and_each_can_fill_a_post() {
        let (version, presets) = presets().unwrap();
        assert!(!version.is_empty());
        for preset in presets {
            assert!(preset.columns.contains_key(&Field::Text), "{}", preset.name);
            assert!(
                preset.columns.contains_key(&Field::CreatedAt),
                "{}",
                preset.name
            );
        }
    }

    #[test]
    fn a_mapping_is_toml_or_json_and_an_unknown_key_is_an_error() {
        let toml = Mapping::parse("source = \"google\"\ndate_order = \"dmy\"\n[columns]\ntext = [\"A\", \"B\"]\nid = \"No\"").unwrap();
        let json = Mapping::parse(
            r#"{"source":"google","date_order":"dmy","columns":{"text":["A","B"],"id":"No"}}"#,
        );
        assert_eq!(Ok(toml), json);
        for wrong in [
            "colour = 1",
            "[columns]\nwords = \"A\"",
            "{\"columns\":[]}",
            "preset = \"nobody\"",
        ] {
            assert!(
                matches!(Mapping::parse(wrong), Err(ImportError::Mapping(_))),
                "{wrong}"
            );
        }
    }
}
