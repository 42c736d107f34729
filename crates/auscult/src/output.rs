//! The one file that prints: results to standard output, everything else to standard error.

use std::io::{self, Write};

/// A line of results. A reader that went away ends the program quietly, as `head` expects.
pub(crate) fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.write_all(b"\n")
}

/// A line for the person at the terminal; nothing can be done when it cannot be written.
pub(crate) fn say(text: &str) {
    let mut err = io::stderr().lock();
    if err.write_all(text.as_bytes()).is_ok() && err.write_all(b"\n").is_ok() {
        drop(err);
    }
}

/// Whole lines of results.
pub(crate) fn lines(bytes: &[u8]) -> io::Result<()> {
    io::stdout().lock().write_all(bytes)
}

/// Whether a person watches standard error.
pub(crate) fn is_watched() -> bool {
    io::IsTerminal::is_terminal(&io::stderr())
}

/// A passing line for the person at the terminal: the next one takes its place, an empty one clears it.
pub(crate) fn progress(text: &str) {
    let mut err = io::stderr().lock();
    if write!(err, "\r\x1b[2K{text}")
        .and_then(|()| err.flush())
        .is_ok()
    {
        drop(err);
    }
}
