//! Foreign shapes: JSON Pointers say where our fields are, so that no sender needs code of its own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Where a foreign shape keeps the items and our fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// Pointer to the list of items, or to the one item; the whole body unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<String>,
    /// Our field (`text`, `author/handle`, `rating/value`) to a pointer inside an item, or to `=text` as it stands.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

impl Mapping {
    /// What is wrong with it, before it is saved.
    pub fn problems(&self) -> Vec<String> {
        let pointers = self.items.iter().chain(self.fields.values());
        pointers
            .filter(|pointer| !pointer.is_empty() && !pointer.starts_with(['/', '=']))
            .map(|pointer| {
                format!(
                    "“{pointer}” is no JSON Pointer; write /comment/text, or =word for a fixed word"
                )
            })
            .collect()
    }

    /// The items of a body.
    pub(super) fn items<'a>(&self, body: &'a Value) -> Option<&'a Value> {
        self.items
            .as_ref()
            .map_or(Some(body), |pointer| body.pointer(pointer))
    }

    /// An item in our own shape.
    pub(super) fn apply(&self, item: &Value) -> Value {
        if self.fields.is_empty() {
            return item.clone();
        }
        let mut ours = Map::new();
        for (field, pointer) in &self.fields {
            let value = match pointer.strip_prefix('=') {
                Some(fixed) => Some(Value::from(fixed)),
                None => item.pointer(pointer).cloned(),
            };
            let Some(value) = value.filter(|value| !value.is_null()) else {
                continue;
            };
            match field.split_once('/') {
                None => {
                    ours.insert(field.clone(), value);
                }
                Some((parent, child)) => {
                    let entry = ours
                        .entry(parent.to_owned())
                        .or_insert_with(|| Value::Object(Map::new()));
                    if let Value::Object(map) = entry {
                        map.insert(child.to_owned(), value);
                    }
                }
            }
        }
        Value::Object(ours)
    }
}
