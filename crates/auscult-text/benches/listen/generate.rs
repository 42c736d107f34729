//! Invented watches and posts, the same in every run.

/// Chance that repeats.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % below
    }

    fn pick<'a>(&mut self, from: &'a [String]) -> &'a str {
        &from[self.next(from.len())]
    }
}

/// Invented places, people and complaints.
pub(crate) struct Names {
    places: Vec<String>,
    surnames: Vec<String>,
    first: Vec<String>,
    complaints: Vec<String>,
    common: Vec<String>,
}

fn split(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn joined(starts: &str, middles: &str, ends: &str) -> Vec<String> {
    let mut all = Vec::new();
    for start in starts.split_whitespace() {
        for middle in middles.split_whitespace() {
            all.extend(
                ends.split_whitespace()
                    .map(|end| format!("{start}{middle}{end}")),
            );
        }
    }
    all
}

impl Names {
    pub(crate) fn new() -> Self {
        Self {
            places: joined(
                "Ash Bally Clon Dun Ennis Fern Glen Holly Inch Kil Lis Mon New Oak Port Rath",
                "a e i o ar en",
                "brook bridge dale field ford ham haven more mount port ton town view ville wood worth",
            ),
            surnames: joined(
                "Ba Be Bo Ca Co Da De Do Fa Fi Ga Ha He Jo Ka Ke La Li Ma Mo Na O",
                "r l n m",
                "ne nedy lsh phy ton lins ke gan ler nor ley son tin vis der",
            ),
            first: split(
                "Mary John Brigid Luke Anne Rose Clare Martin Peter Paul Jude Mark Kevin Colm Finbar Declan Ita Vincent",
            ),
            complaints: split(
                "wait* rude dirty filthy ignored delayed misdiagnos* cancelled nurse* doctor* receptionist parking complaint appalling lovely brilliant thank*",
            ),
            common: split(
                "the to and i a of is in it you for that my was on with this be have are so but me not at just we they he all as or what if your do get no out up like can from when how one about good now know there go day time love new see had will an been who people has them more really think hospital doctor nurse care wait hours staff great food morning today work home phone mother kids school game movie music coffee happy tired",
            ),
        }
    }

    fn some_of(&self, chance: &mut Chance, count: usize) -> String {
        (0..count)
            .map(|_| chance.pick(&self.complaints))
            .collect::<Vec<_>>()
            .join(" OR ")
    }

    /// Capitals that stand for a place.
    fn acronym(place: &str) -> String {
        let middle = place.chars().nth(2).unwrap_or('M').to_ascii_uppercase();
        let first = place.chars().next().unwrap_or('S');
        format!("{first}{middle}H")
    }

    /// A watch as hospitals and agencies write them.
    pub(crate) fn watch(&self, chance: &mut Chance) -> String {
        let (place, name, first) = (
            chance.pick(&self.places),
            chance.pick(&self.surnames),
            chance.pick(&self.first),
        );
        let (five, four) = (self.some_of(chance, 5), self.some_of(chance, 4));
        match chance.next(100) {
            0..30 => format!(
                "(\"{place} hospital\" OR \"{place} general\" OR {place}hospital OR #{place}hospital) ({five}) -\"now hiring\" -job*"
            ),
            30..33 => format!(
                "(!{} OR \"{place} hospital\"~3) ({four}) -lang:fr -has:video",
                Self::acronym(place)
            ),
            33..36 => {
                format!("{place} AND atleast/2 ({five}) NOT (#hiring OR vacanc* OR \"apply now\")")
            }
            36..39 => {
                format!("title:({place} OR {name}) OR ({name} ONEAR/4 ({four}) -\"{name} street\")")
            }
            39..50 => format!(
                "(\"dr {name}\" OR \"doctor {name}\" OR \"{first} {name}\") NEAR/15 ({four}) lang:en,unknown"
            ),
            50..65 => format!(
                "(A&E OR \"emergency department\" OR !ER) NEAR/12 ({four}) AND ({place} OR \"saint {first}\")"
            ),
            65..75 => format!("\"{place} clinic\" source:google"),
            75..85 => format!(
                "{place} SENTENCE (hospital OR clinic OR ward) NOT (vet OR veterinary OR \"animal hospital\")"
            ),
            85..93 => format!("\"{first} {name}\" OR @{name}{place} OR \"{name} clinic\""),
            93..97 => format!("2 OF ({place}, {name}, \"saint {first}\")"),
            _ => format!("({name} OR {place}) stars:1..2"),
        }
    }

    /// A post of about `bytes` bytes: one in six names a place or person.
    pub(crate) fn post(&self, chance: &mut Chance, bytes: usize) -> String {
        let mut text = String::new();
        while text.len() < bytes {
            match chance.next(1000) {
                0..6 => text.push_str(chance.pick(&self.places)),
                6..10 => text.push_str(chance.pick(&self.surnames)),
                10..30 => text.push_str(
                    [
                        "rude",
                        "dirty",
                        "waiting",
                        "saint",
                        "emergency department",
                        "A&E",
                        "nurses",
                        "clinic",
                    ][chance.next(8)],
                ),
                30..80 => (0..4 + chance.next(5)).for_each(|_| {
                    text.push(char::from(
                        b'a' + u8::try_from(chance.next(26)).unwrap_or(0),
                    ));
                }),
                _ => text.push_str(chance.pick(&self.common)),
            }
            text.push(' ');
        }
        text.truncate(bytes);
        text
    }
}
