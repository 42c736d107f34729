//! What a post is about: sentiment, topics, intents, urgency, flags and salience.
