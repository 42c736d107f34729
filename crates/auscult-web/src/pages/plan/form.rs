//! What was typed into the editor of a piece.

use auscult_app::error::AppError;
use auscult_app::plan::piece::{self, Written};
use auscult_app::plan::schedule;
use auscult_model::ids::{AimId, ChannelId, PieceId};
use auscult_model::plan::Claim;

use crate::error::PageError;
use crate::pages::{Signed, Site};

/// The fields of the form in their order.
pub(super) struct Typed(pub(super) Vec<(String, String)>);

impl Typed {
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// A number and the text behind its colon.
    pub(super) fn pair(&self, name: &str) -> Result<(i64, &str), PageError> {
        let found = self.get(name).split_once(':').and_then(|(number, text)| Some((number.parse().ok()?, text)));
        found.ok_or_else(|| PageError::Bad { why: format!("{name} is missing; open the piece again") })
    }

    /// The words for each channel.
    pub(super) fn variants(&self) -> Vec<(ChannelId, String)> {
        let one = |(key, value): &(String, String)| {
            let id = key.strip_prefix("text_")?.parse().ok()?;
            Some((ChannelId(id), value.replace("\r\n", "\n")))
        };
        self.0.iter().filter_map(one).collect()
    }

    /// Where the page leads after it was kept.
    pub(super) fn next(&self, id: PieceId) -> String {
        match (self.get("adding"), self.get("add").parse::<i64>()) {
            ("1", Ok(channel)) => format!("/plan/{id}?add={channel}"),
            _ => format!("/plan/{id}"),
        }
    }

    /// The same words over the version that is stored now.
    pub(super) async fn at_version(&self, site: &Site, signed: &Signed, id: PieceId) -> Result<Self, PageError> {
        let version = piece::open(&site.app, signed.viewer(), id).await?.piece.version;
        let mut fields: Vec<(String, String)> = self.0.iter().filter(|(key, _)| key != "version").cloned().collect();
        fields.push(("version".to_owned(), version.to_string()));
        Ok(Self(fields))
    }

    pub(super) fn written(&self, id: Option<PieceId>, zone: &str) -> Result<Written, AppError> {
        let version = self.get("version").parse().unwrap_or(0);
        let review_on = match self.get("review_on") {
            "" => None,
            day => Some(schedule::instant(zone, &format!("{day}T00:00")).map_err(|_| AppError::invalid("review_on", "write the day as 2027-01-31"))?),
        };
        Ok(Written {
            piece: id.map(|id| (id, version)),
            title: self.get("title").to_owned(),
            text: String::new(),
            stance: self.get("stance").to_owned(),
            aim: self.get("aim").parse().ok().map(AimId),
            question: None,
            claims: self.get("claims").lines().filter_map(claim).collect(),
            review_on,
            variants: self.variants(),
        })
    }
}

/// `the claim | where it comes from | 2027-01-31`.
fn claim(line: &str) -> Option<Claim> {
    let mut parts = line.split('|').map(str::trim);
    let text = parts.next().filter(|text| !text.is_empty())?.to_owned();
    let source = parts.next().unwrap_or_default().to_owned();
    let review_on = parts.next().filter(|day| !day.is_empty()).map(str::to_owned);
    Some(Claim { text, source, review_on })
}

/// Claims as the form shows them.
pub(super) fn claim_lines(claims: &[Claim]) -> String {
    let line = |claim: &Claim| match (&claim.review_on, claim.source.is_empty()) {
        (None, true) => claim.text.clone(),
        (None, false) => format!("{} | {}", claim.text, claim.source),
        (Some(day), _) => format!("{} | {} | {day}", claim.text, claim.source),
    };
    claims.iter().map(line).collect::<Vec<_>>().join("\n")
}
