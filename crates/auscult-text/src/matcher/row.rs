//! The quick way through one row of JSON: plain strings are borrowed as they stand, anything else goes to serde piece by
//! piece. What is unusual is given up, and the whole row is read again by serde, whose word counts.

use std::borrow::Cow;

use memchr::memchr2;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::lean::{LeanPost, Text};

/// Reads a row; nothing when it is not quite as usual.
pub(super) fn read(row: &str) -> Option<LeanPost<'_>> {
    let mut reader = Reader {
        row,
        at: 0,
        seen: 0,
    };
    let mut post = LeanPost::default();
    reader.take(b'{')?;
    loop {
        let key = reader.plain_string()?;
        reader.take(b':')?;
        reader.field(key, &mut post)?;
        match reader.next()? {
            b',' => reader.at += 1,
            b'}' => break,
            _ => return None,
        }
    }
    let rest = row.as_bytes().get(reader.at + 1..)?;
    let is_whole = reader.seen & 1 == 1 && rest.iter().all(|byte| is_space(*byte));
    is_whole.then_some(post)
}

struct Reader<'a> {
    row: &'a str,
    at: usize,
    /// A bit for each field that was met.
    seen: u32,
}

impl<'a> Reader<'a> {
    fn field(&mut self, key: &str, post: &mut LeanPost<'a>) -> Option<()> {
        match key {
            "id" => {
                self.first(0)?;
                post.id = Cow::Borrowed(self.plain_string()?);
            }
            "source" => post.source = self.text(1)?,
            "site" => post.site = self.text(2)?,
            "kind" => post.kind = self.text(3)?,
            "title" => post.title = self.text(4)?,
            "text" => post.text = self.text(5)?,
            "url" => post.url = self.text(6)?,
            "lang" => post.lang = self.text(7)?,
            "created_at" => post.created_at = self.text(8)?,
            "country" => post.country = self.text(9)?,
            "region" => post.region = self.text(10)?,
            "city" => post.city = self.text(11)?,
            "author" => post.author = self.any(12)?,
            "links" => post.links = self.any(13)?,
            "stars" => post.stars = self.any(14)?,
            "likes" => post.likes = self.any(15)?,
            "reposts" => post.reposts = self.any(16)?,
            "replies" => post.replies = self.any(17)?,
            "views" => post.views = self.any(18)?,
            "has" => post.has = self.any(19)?,
            "parent" => post.parent = self.any(20)?,
            "sentiment" => post.sentiment = self.any(21)?,
            "intent" => post.intent = self.any(22)?,
            "urgency" => post.urgency = self.any(23)?,
            "status" => post.status = self.any(24)?,
            "assignee" => post.assignee = self.any(25)?,
            "team" => post.team = self.any(26)?,
            "topic" => post.topic = self.any(27)?,
            "tag" => post.tag = self.any(28)?,
            _ => {
                let _unknown: IgnoredAny = serde_json::from_str(self.value()?).ok()?;
            }
        }
        Some(())
    }

    /// Takes note of a field; nothing when it was met before.
    fn first(&mut self, field: u32) -> Option<()> {
        let bit = 1 << field;
        if self.seen & bit != 0 {
            return None;
        }
        self.seen |= bit;
        Some(())
    }

    #[inline]
    fn text(&mut self, field: u32) -> Option<Text<'a>> {
        self.first(field)?;
        let before = self.at;
        if let Some(text) = self.plain_string() {
            return Some(Text(Some(Cow::Borrowed(text))));
        }
        self.at = before;
        serde_json::from_str(self.value()?).ok()
    }

    fn any<T: Deserialize<'a>>(&mut self, field: u32) -> Option<T> {
        self.first(field)?;
        serde_json::from_str(self.value()?).ok()
    }

    /// The next byte that is no space.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.row.as_bytes().get(self.at)?;
            if !is_space(byte) {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    #[inline]
    fn take(&mut self, wanted: u8) -> Option<()> {
        if self.next()? != wanted {
            return None;
        }
        self.at += 1;
        Some(())
    }

    /// A string without escapes.
    #[inline]
    fn plain_string(&mut self) -> Option<&'a str> {
        self.take(b'"')?;
        let rest = self.row.get(self.at..)?;
        let length = memchr2(b'"', b'\\', rest.as_bytes())?;
        let text = rest.get(..length)?;
        let is_plain =
            rest.as_bytes().get(length) == Some(&b'"') && !text.bytes().any(|byte| byte < 0x20);
        self.at += length + 1;
        is_plain.then_some(text)
    }

    /// One value as it is written; serde judges it.
    fn value(&mut self) -> Option<&'a str> {
        self.next()?;
        let start = self.at;
        let bytes = self.row.as_bytes();
        let mut depth = 0_usize;
        loop {
            match *bytes.get(self.at)? {
                b'"' => self.skip_string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' | b',' if depth == 0 => return self.row.get(start..self.at),
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
    }

    fn skip_string(&mut self) -> Option<()> {
        let bytes = self.row.as_bytes();
        self.at += 1;
        loop {
            self.at += memchr2(b'"', b'\\', bytes.get(self.at..)?)?;
            if bytes.get(self.at) == Some(&b'"') {
                self.at += 1;
                return Some(());
            }
            self.at += 2;
        }
    }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seen(post: &LeanPost<'_>) -> String {
        format!("{post:?}")
    }

    #[track_caller]
    fn agrees(row: &str) {
        let slow = serde_json::from_str::<LeanPost<'_>>(row);
        if let Some(quick) = read(row) {
            let slow = slow.expect("serde reads what the quick way reads");
            assert_eq!(seen(&quick), seen(&slow), "{row}");
        }
        match (
            LeanPost::read(row),
            serde_json::from_str::<LeanPost<'_>>(row),
        ) {
            (Ok(one), Ok(other)) => assert_eq!(seen(&one), seen(&other)),
            (one, other) => assert_eq!(one.is_err(), other.is_err(), "{row}"),
        }
    }

    #[test]
    fn usual_rows_take_the_quick_way() {
        let row = r#"{"id": "p", "text":"a b", "lang" : null, "stars": 4, "author": {"name": "x\n", "followers": 2e3}, "links": ["a", 1], "other": [{"}": "]"}]} "#;
        assert!(read(row).is_some());
        agrees(row);
    }

    #[test]
    fn unusual_rows_are_read_as_serde_reads_them() {
        for row in [
            "",
            "{}",
            "[]",
            r#"{"id":"a""#,
            r#"{"id":"a"} x"#,
            r#"{"id":"a",}"#,
            r#"{"id":"a","id":"b"}"#,
            r#"{"id":"a","text":"b","text":"c"}"#,
            r#"{"id":"a","x":1,"x":2}"#,
            r#"{"id":1}"#,
            r#"{"id":"\u0061","text":"\ud83d\udc4d"}"#,
            r#"{"i\u0064":"a"}"#,
            r#"{"id":"a","text":tru}"#,
            r#"{"id":"a","text":1 2}"#,
            r#"{"id":"a","stars":01}"#,
            r#"{"id":"a","tag":[]}"#,
            r#"{"id":"a","tag":null,"status":["x"]}"#,
            r#"{"id":"a","text":"\"}"#,
            "{\"id\":\"a\",\"text\":\"tab\there\"}",
            r#"{"text":"no id"}"#,
            r#"{"id":"a" "text":"b"}"#,
        ] {
            agrees(row);
        }
    }

    proptest! {
        #[test]
        fn any_row_is_read_as_serde_reads_it(pieces in proptest::collection::vec(prop_oneof![
            Just("{"), Just("}"), Just("["), Just("]"), Just(","), Just(":"), Just("\"id\":\"a\""), Just("\"text\":"),
            Just("\"x\""), Just("\"a\\n\""), Just("\"author\":{\"name\":\"n\"}"), Just("\"tag\":"), Just("null"),
            Just("1"), Just("-2.5e3"), Just("true"), Just(" "), Just("\\"), Just("\""), Just("é"),
        ], 0..14)) {
            agrees(&pieces.concat());
            agrees(&format!("{{\"id\":\"a\",{}}}", pieces.concat()));
        }
    }
}
