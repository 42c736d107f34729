//! Where a text names a person: identifiers and their places.
