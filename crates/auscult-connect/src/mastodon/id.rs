//! Ids and pages: ids are texts, pages are named by the `Link` header.

use std::cmp::Ordering;

use url::Url;

/// Orders ids: a longer number is a larger one.
pub(super) fn compare(one: &str, other: &str) -> Ordering {
    let is_number = |id: &str| !id.is_empty() && id.bytes().all(|letter| letter.is_ascii_digit());
    if is_number(one) && is_number(other) {
        let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
        return one.len().cmp(&other.len()).then_with(|| one.cmp(other));
    }
    one.cmp(other)
}

/// Whether an id comes after another; everything comes after `0`.
pub(super) fn is_after(id: &str, other: &str) -> bool {
    other.is_empty() || other == "0" || compare(id, other) == Ordering::Greater
}

/// The larger of two ids.
pub(super) fn later(one: Option<String>, other: &str) -> String {
    match one {
        Some(one) if !is_after(other, &one) => one,
        _ => other.to_owned(),
    }
}

/// The largest of some ids.
pub(super) fn latest(ids: impl Iterator<Item = String>) -> Option<String> {
    ids.fold(None, |newest, id| Some(later(newest, &id)))
}

/// The `min_id` of newer and the `max_id` of older pages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Links {
    /// Newer items begin after this id.
    pub(super) newer: Option<String>,
    /// Older items end before this id.
    pub(super) older: Option<String>,
}

/// Reads a `Link` header. Only ids are taken from it; where to ask stays ours.
pub(super) fn links(header: &str) -> Links {
    let mut links = Links::default();
    for part in header.split(',').filter(|part| part.contains('<')).take(10) {
        let Some((address, parameters)) = part.trim().trim_start_matches('<').split_once('>')
        else {
            continue;
        };
        let Ok(url) =
            Url::parse(address).or_else(|_| Url::parse(&format!("http://server{address}")))
        else {
            continue;
        };
        let value = |name: &str| {
            url.query_pairs()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        let names: String = parameters
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != '"')
            .collect();
        if names.contains("rel=prev") {
            links.newer = value("min_id").or_else(|| value("since_id"));
        } else if names.contains("rel=next") {
            links.older = value("max_id");
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_longer_number_is_later() {
        assert!(is_after("115482200112233445", "99999999999"));
        assert!(is_after("01HZZ", "01HAA") && !is_after("5", "5") && is_after("1", "0"));
        assert_eq!(later(Some("9".into()), "10"), "10");
        assert_eq!(later(Some("10".into()), "9"), "10");
    }

    #[test]
    fn pages_are_named_by_the_header() {
        let header = "<https://s.example/api/v1/notifications?limit=40&max_id=34975535>; rel=\"next\", <https://s.example/api/v1/notifications?min_id=34977861>; rel=\"prev\"";
        assert_eq!(
            links(header),
            Links {
                newer: Some("34977861".into()),
                older: Some("34975535".into())
            }
        );
        assert_eq!(links("</x?max_id=3>; rel=next").older.as_deref(), Some("3"));
        assert_eq!(links(""), Links::default());
    }

    proptest! {
        #[test]
        fn any_header_is_read(header in "[ -~]{0,120}") {
            let _links = links(&header);
        }

        #[test]
        fn numbers_order_as_numbers(one in any::<u64>(), other in any::<u64>()) {
            prop_assert_eq!(compare(&one.to_string(), &other.to_string()), one.cmp(&other));
        }
    }
}
