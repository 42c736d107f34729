//! A verified body into posts and deletions.

use auscult_model::listen::RawEvent;
use auscult_model::post::PostKind;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Batch, Header, Intake, ItemRejected, Rejected, header};
use crate::contract::Inbound;
use crate::item::{self, Door, Ids, Item};

/// Reads a body that was verified. `now` stands in for the time of a deletion that names none.
pub fn read(
    intake: &Intake,
    headers: &[Header<'_>],
    body: &[u8],
    now: Timestamp,
) -> Result<Batch, Rejected> {
    if body.len() > intake.body_max {
        return Err(Rejected::TooLarge(format!(
            "a body has at most {} bytes; send it in parts",
            intake.body_max
        )));
    }
    let door = Door {
        source: intake.source.clone(),
        ids: Ids::Required,
        zone: intake.zone.clone(),
    };
    let mut reading = Reading {
        intake,
        door,
        now,
        batch: Batch::default(),
        next: 0,
    };
    match shape(headers)? {
        Shape::Json => reading.json(&parse(body)?)?,
        Shape::Lines => reading.lines(body)?,
        Shape::Event => {
            let data = parse(body)?;
            reading.item(&event(headers, data), None)?;
        }
    }
    reading.finish()
}

enum Shape {
    Json,
    Lines,
    /// A `CloudEvent` whose envelope stands in the headers.
    Event,
}

fn shape(headers: &[Header<'_>]) -> Result<Shape, Rejected> {
    let media_type = header(headers, "content-type").unwrap_or("application/json");
    let name = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let is_event = header(headers, "ce-specversion").is_some();
    match name.as_str() {
        "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/json-lines" => Ok(Shape::Lines),
        "application/json" | "" | "text/json" if is_event => Ok(Shape::Event),
        "application/json"
        | ""
        | "text/json"
        | "application/cloudevents+json"
        | "application/cloudevents-batch+json" => Ok(Shape::Json),
        other => Err(Rejected::MediaType(format!(
            "“{other}” is not read here; send application/json or application/x-ndjson"
        ))),
    }
}

fn parse(body: &[u8]) -> Result<Value, Rejected> {
    let text = std::str::from_utf8(body).map_err(|error| {
        unusable(format!(
            "byte {} is not UTF-8; send JSON as UTF-8",
            error.valid_up_to() + 1
        ))
    })?;
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        unusable(format!(
            "the JSON breaks at line {}, column {}",
            error.line(),
            error.column()
        ))
    })
}

fn unusable(message: String) -> Rejected {
    Rejected::Unusable {
        message,
        rejected: Vec::new(),
    }
}

/// The data of a `CloudEvent` with what its envelope adds.
fn event(headers: &[Header<'_>], data: Value) -> Value {
    let from_header = |name: &str| header(headers, name).map(Value::from);
    with_envelope(data, from_header("ce-id"), from_header("ce-time"))
}

fn with_envelope(data: Value, id: Option<Value>, time: Option<Value>) -> Value {
    let Value::Object(mut map) = data else {
        return data;
    };
    for (name, value) in [("id", id), ("created_at", time)] {
        if let Some(value) = value {
            map.entry(name).or_insert(value);
        }
    }
    Value::Object(map)
}

/// A structured `CloudEvent`, unwrapped; anything else as it is.
fn unwrapped(value: &Value) -> Value {
    let is_event = value.get("specversion").is_some() && value.get("data").is_some();
    if !is_event {
        return value.clone();
    }
    let data = value.get("data").cloned().unwrap_or_default();
    with_envelope(data, value.get("id").cloned(), value.get("time").cloned())
}

struct Reading<'a> {
    intake: &'a Intake,
    door: Door,
    now: Timestamp,
    batch: Batch,
    next: usize,
}

impl Reading<'_> {
    fn json(&mut self, body: &Value) -> Result<(), Rejected> {
        let unwrapped = unwrapped(body);
        let Some(items) = self.intake.mapping.items(&unwrapped) else {
            let pointer = self.intake.mapping.items.clone().unwrap_or_default();
            return Err(unusable(format!(
                "nothing stands at {pointer}; look at the mapping of this source"
            )));
        };
        let list = items
            .as_array()
            .or_else(|| items.get("items").and_then(Value::as_array));
        match list {
            None => self.item(items, None),
            Some(list) => list.iter().try_for_each(|item| self.item(item, None)),
        }
    }

    fn lines(&mut self, body: &[u8]) -> Result<(), Rejected> {
        for line in body.split(|byte| *byte == b'\n') {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match parse(line) {
                Ok(value) => self.item(&value, Some(line))?,
                Err(error) => {
                    let index = self.take_index()?;
                    self.batch.rejected.push(ItemRejected {
                        index,
                        error: error.to_string(),
                    });
                }
            }
        }
        Ok(())
    }

    fn take_index(&mut self) -> Result<usize, Rejected> {
        let index = self.next;
        self.next += 1;
        if self.next > self.intake.items_max {
            return Err(Rejected::TooLarge(format!(
                "a body has at most {} items; send it in parts",
                self.intake.items_max
            )));
        }
        Ok(index)
    }

    fn item(&mut self, value: &Value, bytes: Option<&[u8]>) -> Result<(), Rejected> {
        let index = self.take_index()?;
        let ours = self.with_kind(self.intake.mapping.apply(&unwrapped(value)));
        let item = match item::read(&ours, &self.door) {
            Ok(Item::Post(mut inbound)) => {
                let bytes = bytes.map_or_else(
                    || serde_json::to_vec(value).unwrap_or_default(),
                    <[u8]>::to_vec,
                );
                inbound.raw = Some(RawEvent {
                    bytes,
                    media_type: "application/json".to_owned(),
                });
                Inbound::Post(inbound)
            }
            Ok(Item::Deleted {
                external_id, at, ..
            }) => Inbound::Deleted {
                external_id,
                at: at.unwrap_or(self.now),
            },
            Err(error) => {
                self.batch.rejected.push(ItemRejected {
                    index,
                    error: error.to_string(),
                });
                return Ok(());
            }
        };
        self.batch.items.push((index, item));
        Ok(())
    }

    fn with_kind(&self, item: Value) -> Value {
        let Value::Object(mut map) = item else {
            return item;
        };
        if let Some(kind) = self.intake.kind.filter(|_| !names_kind(&map)) {
            map.insert("kind".to_owned(), Value::from(PostKind::as_str(kind)));
        }
        Value::Object(map)
    }

    fn finish(self) -> Result<Batch, Rejected> {
        if self.batch.items.is_empty() {
            let first = self
                .batch
                .rejected
                .first()
                .map_or("there are no items", |item| item.error.as_str());
            let message = format!("nothing in this body can be used: {first}");
            return Err(Rejected::Unusable {
                message,
                rejected: self.batch.rejected,
            });
        }
        Ok(self.batch)
    }
}

fn names_kind(map: &Map<String, Value>) -> bool {
    ["kind", "type"]
        .iter()
        .any(|name| map.get(*name).is_some_and(|value| !value.is_null()))
}
