//! What may be sent: the judge of every outgoing text.
