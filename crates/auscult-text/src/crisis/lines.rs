//! Crisis and emergency lines by country, as data.

use std::sync::OnceLock;

const TABLE: &str = include_str!("../../../../data/guard/crisis-lines.txt");

/// What a person in danger can call in one country, and where side effects are reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    /// Country (ISO 3166-1, two letters), or `EU` where the country is not known.
    pub country: String,
    /// The sentence to say.
    pub say: String,
    /// Numbers of the crisis lines, digits only.
    pub numbers: Vec<String>,
    /// Emergency number as it is written.
    pub emergency: String,
    /// Where side effects are reported.
    pub report: String,
}

impl Lines {
    /// Whether a text names one of the crisis lines, however its digits are grouped.
    pub fn named_in(&self, text: &str) -> bool {
        let digits = grouped_digits(text);
        self.numbers.iter().any(|number| {
            digits.iter().any(|found| {
                found == number || found.len() > number.len() + 3 && found.contains(number.as_str())
            })
        })
    }
}

/// The lines of a country; nothing where the organisation has to enter one.
pub fn lines(country: &str) -> Option<&'static Lines> {
    let wanted = if country.eq_ignore_ascii_case("uk") {
        "GB"
    } else {
        country
    };
    table()
        .iter()
        .find(|lines| lines.country.eq_ignore_ascii_case(wanted))
}

/// Whether a text names a crisis line of any country.
pub(crate) fn any_named_in(text: &str) -> bool {
    table().iter().any(|lines| lines.named_in(text))
}

fn table() -> &'static [Lines] {
    static LINES: OnceLock<Vec<Lines>> = OnceLock::new();
    LINES.get_or_init(|| {
        TABLE
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(parse)
            .collect()
    })
}

fn parse(line: &str) -> Option<Lines> {
    let mut fields = line.split('|').map(str::trim);
    Some(Lines {
        country: fields.next()?.to_owned(),
        say: fields.next()?.to_owned(),
        numbers: fields
            .next()?
            .split(',')
            .map(|number| number.trim().to_owned())
            .collect(),
        emergency: fields.next()?.to_owned(),
        report: fields.next()?.to_owned(),
    })
}

/// Numbers of a text, single spaces and hyphens between digits taken out; each group alone as well.
fn grouped_digits(text: &str) -> Vec<String> {
    let mut numbers = Vec::new();
    let mut joined = String::new();
    let mut group = String::new();
    let mut gap = 0;
    for character in text.chars().chain([' ', ' ', ' ']) {
        if let Some(digit) = character
            .to_digit(10)
            .and_then(|digit| char::from_digit(digit, 10))
        {
            group.push(digit);
            joined.push(digit);
            gap = 0;
            continue;
        }
        if !group.is_empty() {
            numbers.push(std::mem::take(&mut group));
        }
        gap += 1;
        if (gap > 1 || !matches!(character, ' ' | '-' | '.' | '\u{A0}')) && !joined.is_empty() {
            numbers.push(std::mem::take(&mut joined));
        }
    }
    numbers
}
