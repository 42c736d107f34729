//! Pages for what did not work: they say what is kept, what happens next, and a reference.

use std::sync::Arc;

use askama::Template;

use crate::assets::Assets;
use crate::error::PageError;
use crate::filters;
use crate::router::Visit;
use crate::said::Said;
use crate::view::shell::Theme;

/// An error as a page.
#[derive(Debug, Clone, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// The language's tag.
    pub lang: &'static str,
    /// The theme.
    pub theme: Theme,
    /// Where style sheet and script are.
    pub assets: Arc<Assets>,
    /// Whether only the notice is shown, inside a page that stays.
    pub fragment: bool,
    /// What did not happen.
    pub title: Said,
    /// What is kept and what happens next.
    pub what: Said,
    /// The way on: a path and its words.
    pub next: (String, Said),
    /// The reference under which the log knows more.
    pub reference: String,
}

impl ErrorPage {
    /// The page of an error.
    pub fn new(visit: &Visit, error: &PageError) -> Self {
        let home = || {
            (
                format!("{}/today", visit.reader.base),
                Said::key("error-next-today"),
            )
        };
        let (title, what, next) = match error {
            PageError::NotFound => ("error-not-found", Said::key("error-not-found-what"), home()),
            PageError::SignIn => {
                let next = ("/sign-in".to_owned(), Said::key("error-next-sign-in"));
                ("error-sign-in", Said::key("error-sign-in-what"), next)
            }
            PageError::NotAllowed { needs } => {
                let needs = visit.reader.locale.text(needs, &[]);
                (
                    "error-not-allowed",
                    Said::key("error-not-allowed-what").with("needs", needs),
                    home(),
                )
            }
            PageError::Bad { why } => ("error-bad", Said::plain(why.clone()), home()),
            PageError::Conflict => ("error-conflict", Said::key("error-conflict-what"), home()),
            PageError::TooMany { seconds } => (
                "error-too-many",
                Said::key("error-too-many-what").with("n", *seconds),
                home(),
            ),
            PageError::ForeignOrigin => ("error-origin", Said::key("error-origin-what"), home()),
            PageError::Broken => ("error-broken", Said::key("error-broken-what"), home()),
        };
        Self {
            lang: visit.reader.locale.tag(),
            theme: visit.theme,
            assets: Arc::clone(&visit.assets),
            fragment: visit.fragment,
            title: Said::key(title),
            what,
            next,
            reference: visit.reference.clone(),
        }
    }
}
