//! Writes the description of the REST API to the snapshot that a test compares it with.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let text = serde_json::to_string_pretty(&auscult_web::api::description())?;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openapi.json");
    std::fs::write(file, text + "\n")
}
