//! The two encodings of the firehose: DAG-CBOR values and the blocks of a CAR file. Small, bounded, without recursion
//! that outside bytes could drive deep.

use std::collections::HashMap;

/// Levels of nesting at most; the protocol's own records stay below ten.
const DEPTH: usize = 48;

/// A decoded value; texts and bytes stay where they are.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    /// `null`.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A fraction.
    Float(f64),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Text.
    Text(&'a str),
    /// A list.
    List(Vec<Value<'a>>),
    /// A map, in the order of the bytes.
    Map(Vec<(&'a str, Value<'a>)>),
    /// The name of a block: the bytes of its CID.
    Link(&'a [u8]),
}

impl<'a> Value<'a> {
    /// A field of a map.
    pub(super) fn get(&self, key: &str) -> Option<&Value<'a>> {
        let Self::Map(fields) = self else { return None };
        fields
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    /// A text field of a map.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        if let Self::Text(text) = self.get(key)? {
            Some(text)
        } else {
            None
        }
    }

    /// A number field of a map.
    pub(super) fn int(&self, key: &str) -> Option<i64> {
        if let Self::Int(number) = self.get(key)? {
            Some(*number)
        } else {
            None
        }
    }

    /// A field of bytes.
    pub(super) fn bytes(&self, key: &str) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self.get(key)? {
            Some(bytes)
        } else {
            None
        }
    }

    /// The name of a block in a field.
    pub(super) fn link(&self, key: &str) -> Option<&'a [u8]> {
        if let Self::Link(cid) = self.get(key)? {
            Some(cid)
        } else {
            None
        }
    }

    /// The same in JSON, as the network's other doors show it.
    pub(super) fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(flag) => (*flag).into(),
            Self::Int(number) => (*number).into(),
            Self::Float(number) => (*number).into(),
            Self::Bytes(bytes) => serde_json::json!({ "$bytes": letters(bytes, BASE64, 6) }),
            Self::Text(text) => (*text).into(),
            Self::List(items) => items.iter().map(Value::to_json).collect(),
            Self::Map(fields) => serde_json::Value::Object(
                fields
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), value.to_json()))
                    .collect(),
            ),
            Self::Link(cid) => serde_json::json!({ "$link": cid_text(cid) }),
        }
    }
}

/// Why bytes are not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotCbor(pub(super) &'static str);

const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A CID as text.
pub(super) fn cid_text(cid: &[u8]) -> String {
    format!("b{}", letters(cid, BASE32, 5))
}

/// Bytes in letters that carry `bits` bits each, unpadded.
fn letters(bytes: &[u8], alphabet: &[u8], bits: u32) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    let (mut pool, mut filled) = (0_u32, 0);
    let mut push = |index: u32| {
        let letter = usize::try_from(index)
            .ok()
            .and_then(|index| alphabet.get(index));
        text.extend(letter.map(|letter| char::from(*letter)));
    };
    let mask = (1 << bits) - 1;
    for byte in bytes {
        pool = (pool << 8 | u32::from(*byte)) & 0xffff;
        filled += 8;
        while filled >= bits {
            filled -= bits;
            push(pool >> filled & mask);
        }
    }
    if filled > 0 {
        push(pool << (bits - filled) & mask);
    }
    text
}

/// Reads one value; the rest of the bytes is handed back.
pub(super) fn decode(bytes: &[u8]) -> Result<(Value<'_>, &[u8]), NotCbor> {
    let mut reader = Reader { bytes };
    let value = reader.value(0)?;
    Ok((value, reader.bytes))
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: u64) -> Result<&'a [u8], NotCbor> {
        let length = usize::try_from(length).map_err(|_cause| NotCbor("a length is too large"))?;
        let (taken, rest) = self
            .bytes
            .split_at_checked(length)
            .ok_or(NotCbor("the bytes break off"))?;
        self.bytes = rest;
        Ok(taken)
    }

    fn number(&mut self, width: usize) -> Result<u64, NotCbor> {
        let bytes = self.take(width as u64)?;
        Ok(bytes
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// The kind of the next value, and its number.
    fn head(&mut self) -> Result<(u8, u8, u64), NotCbor> {
        let first = self.take(1)?.first().copied().unwrap_or_default();
        let (kind, short) = (first >> 5, first & 31);
        let number = match short {
            0..=23 => u64::from(short),
            24 => self.number(1)?,
            25 => self.number(2)?,
            26 => self.number(4)?,
            27 => self.number(8)?,
            _ => return Err(NotCbor("lengths left open are not allowed")),
        };
        Ok((kind, short, number))
    }

    fn text(&mut self, length: u64) -> Result<&'a str, NotCbor> {
        std::str::from_utf8(self.take(length)?).map_err(|_cause| NotCbor("a text is not UTF-8"))
    }

    /// A list or map cannot have more parts than bytes follow.
    fn parts(&self, count: u64) -> Result<u64, NotCbor> {
        if count > self.bytes.len() as u64 {
            return Err(NotCbor("the bytes break off"));
        }
        Ok(count)
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, NotCbor> {
        if depth > DEPTH {
            return Err(NotCbor("nested too deep"));
        }
        let (kind, short, number) = self.head()?;
        let whole = || i64::try_from(number).map_err(|_cause| NotCbor("a number is too large"));
        Ok(match kind {
            0 => Value::Int(whole()?),
            1 => Value::Int(-1 - whole()?),
            2 => Value::Bytes(self.take(number)?),
            3 => Value::Text(self.text(number)?),
            4 => {
                let mut items = Vec::new();
                for _ in 0..self.parts(number)? {
                    items.push(self.value(depth + 1)?);
                }
                Value::List(items)
            }
            5 => self.map(number, depth)?,
            6 => self.link(number)?,
            _ => match (short, number) {
                (20, _) => Value::Bool(false),
                (21, _) => Value::Bool(true),
                (22, _) => Value::Null,
                (27, bits) => Value::Float(f64::from_bits(bits)),
                _ => return Err(NotCbor("a simple value of an unknown kind")),
            },
        })
    }

    fn map(&mut self, number: u64, depth: usize) -> Result<Value<'a>, NotCbor> {
        let mut fields = Vec::new();
        for _ in 0..self.parts(number)? {
            let (kind, _, length) = self.head()?;
            if kind != 3 {
                return Err(NotCbor("a key is not a text"));
            }
            let key = self.text(length)?;
            fields.push((key, self.value(depth + 1)?));
        }
        Ok(Value::Map(fields))
    }

    /// Tag 42: bytes that begin with a zero, then the CID.
    fn link(&mut self, tag: u64) -> Result<Value<'a>, NotCbor> {
        let (kind, _, length) = self.head()?;
        if tag != 42 || kind != 2 {
            return Err(NotCbor("a tag other than a link"));
        }
        self.take(length)?
            .strip_prefix(&[0])
            .map(Value::Link)
            .ok_or(NotCbor("a link without its first zero"))
    }
}

/// The blocks of a CAR file by their CID.
pub(super) fn blocks(car: &[u8]) -> Result<HashMap<&[u8], &[u8]>, NotCbor> {
    let mut reader = Reader { bytes: car };
    let header = varint(&mut reader)?;
    reader.take(header)?;
    let mut blocks = HashMap::new();
    while !reader.bytes.is_empty() {
        let length = varint(&mut reader)?;
        let section = reader.take(length)?;
        let (cid, block) = section
            .split_at_checked(cid_length(section)?)
            .ok_or(NotCbor("a block without its name"))?;
        blocks.insert(cid, block);
    }
    Ok(blocks)
}

fn cid_length(section: &[u8]) -> Result<usize, NotCbor> {
    let mut reader = Reader { bytes: section };
    if varint(&mut reader)? != 1 {
        return Err(NotCbor("a block with a name of another version"));
    }
    let (_codec, _hash) = (varint(&mut reader)?, varint(&mut reader)?);
    let digest = varint(&mut reader)?;
    reader.take(digest)?;
    Ok(section.len() - reader.bytes.len())
}

fn varint(reader: &mut Reader<'_>) -> Result<u64, NotCbor> {
    let mut number = 0_u64;
    for place in 0..9 {
        let byte = reader.take(1)?.first().copied().unwrap_or_default();
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(NotCbor("a length is too large"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Writes what the tests need, by the standard's own words.
    pub(super) fn encode(value: &serde_json::Value, out: &mut Vec<u8>) {
        let head = |kind: u8, number: usize, out: &mut Vec<u8>| {
            out.push(kind << 5 | 0x1b);
            out.extend((number as u64).to_be_bytes());
        };
        match value {
            serde_json::Value::Null => out.push(0xf6),
            serde_json::Value::Bool(flag) => out.push(0xf4 + u8::from(*flag)),
            serde_json::Value::Number(number) => {
                head(0, usize::try_from(number.as_u64().unwrap()).unwrap(), out);
            }
            serde_json::Value::String(text) => {
                head(3, text.len(), out);
                out.extend(text.as_bytes());
            }
            serde_json::Value::Array(items) => {
                head(4, items.len(), out);
                for item in items {
                    encode(item, out);
                }
            }
            serde_json::Value::Object(fields) => {
                head(5, fields.len(), out);
                for (name, value) in fields {
                    encode(&name.clone().into(), out);
                    encode(value, out);
                }
            }
        }
    }

    #[test]
    fn links_and_short_forms_are_read() {
        let mut bytes = vec![
            0xa2, 0x61, b'n', 0x38, 0x63, 0x61, b'l', 0xd8, 42, 0x44, 0, 1, 0x71, 0x12,
        ];
        bytes.push(0xff);
        let (value, rest) = decode(&bytes).unwrap();
        assert_eq!(value.int("n"), Some(-100));
        assert_eq!(value.link("l"), Some(&[1, 0x71, 0x12][..]));
        assert_eq!(rest, [0xff]);
    }

    #[test]
    fn a_cid_is_written_as_the_network_writes_it() {
        // sha2-256 of nothing, as dag-cbor.
        let digest = [
            0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f,
            0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b,
            0x78, 0x52, 0xb8, 0x55,
        ];
        let cid = [&[1, 0x71, 0x12, 0x20], &digest[..]].concat();
        assert_eq!(
            cid_text(&cid),
            "bafyreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
        );
        assert_eq!(letters(b"Many hands", BASE64, 6), "TWFueSBoYW5kcw");
    }

    #[test]
    fn depth_and_promised_lengths_are_bounded() {
        assert_eq!(decode(&[0x81; 4000]), Err(NotCbor("nested too deep")));
        assert_eq!(
            decode(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            Err(NotCbor("the bytes break off"))
        );
        assert_eq!(
            decode(&[0x5f]),
            Err(NotCbor("lengths left open are not allowed"))
        );
        assert!(blocks(&[0xff; 20]).is_err());
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<u32>().prop_map(Into::into),
            ".{0,8}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                proptest::collection::btree_map("[a-z]{1,4}", inner, 0..4)
                    .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(value in json()) {
            let mut bytes = Vec::new();
            encode(&value, &mut bytes);
            let (read, rest) = decode(&bytes).unwrap();
            prop_assert!(rest.is_empty());
            prop_assert_eq!(read.to_json(), value);
        }

        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok((value, rest)) = decode(&bytes) {
                prop_assert!(rest.len() < bytes.len());
                value.to_json();
            }
            if let Ok(found) = blocks(&bytes) {
                prop_assert!(found.len() <= bytes.len());
            }
        }
    }
}
