//! The form of a source that needs no account: tested live, then listened to. The first run and the listening page share it.

use auscult_app::channels::{self, NewSource, Tested};
use auscult_app::error::AppError;
use serde::Deserialize;

use crate::error::PageError;
use crate::pages::{Signed, Site};
use crate::said::Said;
use crate::ui::{Choice, Field};
use crate::view::access::{HeardItem, TestResult};

/// The kinds of source that need no account.
pub(crate) fn kinds(chosen: &str) -> Vec<Choice> {
    let one = |value: &str, key| Choice::new(value, Said::key(key), value == chosen);
    vec![
        one("feed", "network-feed"),
        one("bluesky", "network-bluesky"),
        one("mastodon", "network-mastodon"),
    ]
}

/// What was typed.
#[derive(Debug, Deserialize)]
pub(crate) struct SourceForm {
    pub(crate) kind: String,
    pub(crate) address: String,
}

impl SourceForm {
    fn source(&self, signed: &Signed) -> NewSource {
        channels::open_source(&self.kind, &self.address, &signed.actor.workspace.name)
    }

    /// What it brings, without listening to it.
    pub(crate) async fn test(&self, site: &Site, signed: &Signed) -> Result<TestResult, PageError> {
        let tested = channels::test(&site.app, signed.viewer(), &self.source(signed)).await;
        test_view(tested, &self.address)
    }

    /// Listens to it; gives the field with what is wrong when that cannot be.
    pub(crate) async fn connect(
        &self,
        site: &Site,
        signed: &Signed,
    ) -> Result<Option<Field>, PageError> {
        match channels::connect(&site.app, signed.viewer(), &self.source(signed)).await {
            Ok(_) => Ok(None),
            Err(AppError::Invalid { message, .. } | AppError::Unavailable(message)) => Ok(Some(
                Field::with(self.address.clone()).wrong(Said::plain(message)),
            )),
            Err(error) => Err(error.into()),
        }
    }
}

/// What a test heard, for people.
pub(crate) fn test_view(
    tested: Result<Tested, AppError>,
    typed: &str,
) -> Result<TestResult, PageError> {
    match tested {
        Ok(tested) => {
            let items = tested.items.iter().map(|post| HeardItem {
                author: post
                    .author
                    .as_ref()
                    .and_then(|author| author.name.clone().or_else(|| author.handle.clone()))
                    .unwrap_or_default(),
                text: post
                    .title
                    .iter()
                    .chain(&post.text)
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join(" — ")
                    .chars()
                    .take(180)
                    .collect(),
                at: post
                    .created_at
                    .as_deref()
                    .and_then(|at| at.parse().ok())
                    .unwrap_or_default(),
            });
            let name = if tested.account.name.is_empty() {
                typed.to_owned()
            } else {
                tested.account.name.clone()
            };
            Ok(TestResult {
                name,
                items: items.collect(),
                error: tested.problems.first().map(Said::plain),
            })
        }
        Err(AppError::Invalid { message, .. } | AppError::Unavailable(message)) => Ok(TestResult {
            name: typed.to_owned(),
            items: Vec::new(),
            error: Some(Said::plain(message)),
        }),
        Err(error) => Err(error.into()),
    }
}
