//! One JSON text as the rows of a statement: how a batch is written, one statement a table.

use serde::Serialize;

use crate::db::Engine;
use crate::error::StoreError;

/// Rows as one JSON array, without U+0000.
pub(crate) fn json_rows<T: Serialize>(rows: &[T]) -> Result<String, StoreError> {
    Ok(without_escaped_nul(serde_json::to_string(rows)?))
}

/// One value as JSON text, without U+0000.
pub(crate) fn json_text<T: Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    Ok(without_escaped_nul(serde_json::to_string(value)?))
}

/// Takes `\u0000` out of JSON text, but leaves an escaped backslash before `u0000` alone.
fn without_escaped_nul(json: String) -> String {
    const NUL: &str = "\\u0000";
    if !json.contains(NUL) {
        return json;
    }
    let mut kept = String::with_capacity(json.len());
    let mut rest = json.as_str();
    while let Some((before, after)) = rest.split_once(NUL) {
        kept.push_str(before);
        let backslashes = before.len() - before.trim_end_matches('\\').len();
        if backslashes % 2 == 1 {
            kept.push_str(NUL);
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// The rows of the JSON array bound at `$number` as a table `r` with the given columns, as `id bigint, words text`.
pub(crate) fn rows(engine: Engine, number: u8, columns: &str) -> String {
    match engine {
        Engine::Postgres => format!("jsonb_to_recordset(${number}::jsonb) AS r({columns})"),
        Engine::Sqlite => {
            let picked: Vec<String> = columns
                .split(',')
                .filter_map(|column| column.split_whitespace().next())
                .map(|name| format!("json_extract(value, '$.{name}') AS {name}"))
                .collect();
            format!(
                "(SELECT {} FROM jsonb_each(${number})) AS r",
                picked.join(", ")
            )
        }
    }
}

/// The numbers of the JSON array bound at `$number` as a sub-select for `IN`.
pub(crate) fn numbers(engine: Engine, number: u8) -> String {
    match engine {
        Engine::Postgres => format!(
            "(SELECT value::bigint FROM jsonb_array_elements_text(${number}::jsonb) AS v(value))"
        ),
        Engine::Sqlite => format!("(SELECT value FROM json_each(${number}))"),
    }
}

/// The texts of the JSON array bound at `$number` as a sub-select for `IN`.
pub(crate) fn texts(engine: Engine, number: u8) -> String {
    match engine {
        Engine::Postgres => {
            format!("(SELECT value FROM jsonb_array_elements_text(${number}::jsonb) AS v(value))")
        }
        Engine::Sqlite => format!("(SELECT value FROM json_each(${number}))"),
    }
}

/// A list of ids as a JSON array.
pub(crate) fn id_list<I: Copy + Into<i64>>(ids: impl IntoIterator<Item = I>) -> String {
    let numbers: Vec<String> = ids.into_iter().map(|id| id.into().to_string()).collect();
    format!("[{}]", numbers.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_is_taken_out_and_written_out_nul_stays() {
        let text = json_text(&"a\0b\\u0000c\0").expect("json");
        let back: String = serde_json::from_str(&text).expect("valid");
        assert_eq!(back, "ab\\u0000c");
    }
}
