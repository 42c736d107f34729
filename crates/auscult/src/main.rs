//! The Auscult binary: command line, settings, wiring.

fn main() {}
