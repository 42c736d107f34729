//! Style sheet and script, built into the binary under names that change with their content.
//!
//! `npm run build` writes `dist/` with a manifest; without it the crate still compiles and pages work without scripts.

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "dist/"]
#[allow_missing = true]
struct Dist;

/// Where pages find style sheet, script and mark.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assets {
    /// The path of the style sheet.
    pub css: String,
    /// The path of the script.
    pub js: String,
    /// The path of the small mark in a tab.
    pub mark: String,
}

impl Assets {
    /// Reads the manifest of the last build.
    pub fn load() -> Self {
        let Some(file) = Dist::get("manifest.json") else {
            tracing::warn!(
                "the assets were not built: pages show without style; run npm run build"
            );
            return Self::default();
        };
        let manifest: std::collections::HashMap<String, String> =
            serde_json::from_slice(&file.data).unwrap_or_default();
        let path = |name: &str| {
            manifest
                .get(name)
                .map(|file| format!("/assets/{file}"))
                .unwrap_or_default()
        };
        Self {
            css: path("auscult.css"),
            js: path("auscult.js"),
            mark: path("mark.svg"),
        }
    }
}

/// Answers with one file of the last build; it may be kept for ever, since its name changes with its content.
pub async fn serve(Path(name): Path<String>) -> Response {
    let Some(file) = Dist::get(&name).filter(|_| name != "manifest.json") else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = HeaderValue::from_str(file.metadata.mimetype());
    let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let keep = HeaderValue::from_static("public, max-age=31536000, immutable");
    (
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)],
        file.data.into_owned(),
    )
        .into_response()
}
