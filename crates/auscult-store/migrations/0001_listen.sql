-- What is listened for, where, and what was heard.
CREATE TABLE subject (
  id {ID},
  workspace_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  other_names TEXT NOT NULL,
  place_id BIGINT,
  active BOOLEAN NOT NULL DEFAULT TRUE,
  created_at BIGINT NOT NULL
);
CREATE INDEX subject_by_workspace ON subject (workspace_id, kind);

CREATE TABLE named_list (
  id {ID},
  workspace_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  entries TEXT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  changed_at BIGINT NOT NULL,
  UNIQUE (workspace_id, name)
);

CREATE TABLE watch (
  id {ID},
  workspace_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  active BOOLEAN NOT NULL,
  opens_conversations BOOLEAN NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  UNIQUE (workspace_id, name)
);

CREATE TABLE watch_version (
  watch_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  workspace_id BIGINT NOT NULL,
  query TEXT NOT NULL,
  member_id BIGINT,
  why TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (watch_id, version)
) {COMPACT};

CREATE TABLE saved_view (
  id {ID},
  workspace_id BIGINT NOT NULL,
  member_id BIGINT,
  page TEXT NOT NULL,
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  filters TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX saved_view_by_page ON saved_view (workspace_id, page);

CREATE TABLE channel (
  id {ID},
  workspace_id BIGINT NOT NULL,
  network TEXT NOT NULL,
  name TEXT NOT NULL,
  base_url TEXT NOT NULL,
  handle TEXT,
  external_id TEXT,
  config TEXT NOT NULL,
  capabilities TEXT NOT NULL,
  secret {BLOB},
  health TEXT NOT NULL DEFAULT 'ok',
  health_note TEXT NOT NULL DEFAULT '',
  hold_reason TEXT,
  disabled_at BIGINT,
  last_in BIGINT,
  last_out BIGINT,
  access_until BIGINT,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL
);
CREATE INDEX channel_by_workspace ON channel (workspace_id);

CREATE TABLE feed (
  id {ID},
  workspace_id BIGINT NOT NULL,
  channel_id BIGINT NOT NULL,
  spec TEXT NOT NULL,
  cursor TEXT,
  interval_seconds BIGINT NOT NULL,
  next_poll_at BIGINT NOT NULL,
  last_ok_at BIGINT,
  last_error TEXT NOT NULL DEFAULT '',
  failures BIGINT NOT NULL DEFAULT 0,
  active BOOLEAN NOT NULL DEFAULT TRUE,
  fencing BIGINT NOT NULL DEFAULT 0,
  lease_until BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL
);
CREATE INDEX feed_by_channel ON feed (channel_id);
CREATE INDEX feed_due ON feed (next_poll_at) WHERE active;

CREATE TABLE gap (
  id {ID},
  workspace_id BIGINT NOT NULL,
  feed_id BIGINT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT NOT NULL,
  reason TEXT NOT NULL,
  filled_at BIGINT
);
CREATE INDEX gap_by_workspace ON gap (workspace_id, from_at);

-- Bytes as received: text where they are text, bytes where they are not.
CREATE TABLE raw_event (
  id {ID},
  workspace_id BIGINT NOT NULL,
  channel_id BIGINT,
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  version TEXT NOT NULL,
  media_type TEXT NOT NULL,
  body TEXT,
  body_bytes {BLOB},
  received_at BIGINT NOT NULL,
  UNIQUE (workspace_id, source, external_id, version)
);
CREATE INDEX raw_event_by_time ON raw_event (received_at);

CREATE TABLE broken_item (
  id {ID},
  workspace_id BIGINT NOT NULL,
  channel_id BIGINT,
  import_id BIGINT,
  place TEXT NOT NULL,
  reason TEXT NOT NULL,
  body TEXT,
  body_bytes {BLOB},
  at BIGINT NOT NULL,
  settled_at BIGINT
);
CREATE INDEX broken_item_open ON broken_item (workspace_id, at) WHERE settled_at IS NULL;

CREATE TABLE import (
  id {ID},
  workspace_id BIGINT NOT NULL,
  file_name TEXT NOT NULL,
  member_id BIGINT,
  stored BIGINT NOT NULL DEFAULT 0,
  known BIGINT NOT NULL DEFAULT 0,
  refused BIGINT NOT NULL DEFAULT 0,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,
  rolled_back_at BIGINT
);
CREATE INDEX import_by_workspace ON import (workspace_id, started_at);

CREATE TABLE webhook_seen (
  channel_id BIGINT NOT NULL,
  delivery TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (channel_id, delivery)
) {COMPACT};
CREATE INDEX webhook_seen_by_time ON webhook_seen (at);

-- The canonical post is `body`; the other columns are what is sorted, filtered and counted by.
CREATE TABLE post (
  id {ID},
  workspace_id BIGINT NOT NULL,
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  author_id TEXT,
  author_handle TEXT,
  parent_external_id TEXT,
  thread_root TEXT NOT NULL,
  reply_to TEXT NOT NULL DEFAULT '',
  channel_id BIGINT,
  import_id BIGINT,
  posted_at BIGINT NOT NULL,
  heard_at BIGINT NOT NULL,
  version_at BIGINT NOT NULL,
  content_hash BIGINT NOT NULL,
  lang TEXT NOT NULL,
  sentiment TEXT NOT NULL,
  intent TEXT NOT NULL,
  urgency BIGINT NOT NULL,
  salience BIGINT NOT NULL,
  polarity DOUBLE PRECISION NOT NULL,
  stars DOUBLE PRECISION,
  findings TEXT NOT NULL,
  rules TEXT NOT NULL,
  cluster TEXT,
  own BOOLEAN NOT NULL,
  staff BOOLEAN NOT NULL,
  restricted BOOLEAN NOT NULL,
  conversation_id BIGINT,
  removed_at BIGINT,
  UNIQUE (workspace_id, source, external_id)
);
CREATE INDEX post_newest ON post (workspace_id, id);
CREATE INDEX post_by_time ON post (workspace_id, posted_at);
CREATE INDEX post_by_author ON post (workspace_id, source, author_id, id) WHERE author_id IS NOT NULL;
CREATE INDEX post_by_cluster ON post (workspace_id, cluster) WHERE cluster IS NOT NULL;
CREATE INDEX post_by_thread ON post (workspace_id, source, thread_root);
CREATE INDEX post_by_import ON post (import_id) WHERE import_id IS NOT NULL;

CREATE TABLE post_revision (
  post_id BIGINT NOT NULL,
  version_at BIGINT NOT NULL,
  content_hash BIGINT NOT NULL,
  title TEXT,
  text TEXT,
  heard_at BIGINT NOT NULL,
  PRIMARY KEY (post_id, version_at, content_hash)
) {COMPACT};

CREATE TABLE post_topic (
  post_id BIGINT NOT NULL,
  topic TEXT NOT NULL,
  workspace_id BIGINT NOT NULL,
  polarity DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (post_id, topic)
) {COMPACT};
CREATE INDEX post_topic_by_topic ON post_topic (workspace_id, topic, post_id);

CREATE TABLE post_flag (
  post_id BIGINT NOT NULL,
  flag TEXT NOT NULL,
  workspace_id BIGINT NOT NULL,
  PRIMARY KEY (post_id, flag)
) {COMPACT};
CREATE INDEX post_flag_by_flag ON post_flag (workspace_id, flag, post_id);

CREATE TABLE post_match (
  post_id BIGINT NOT NULL,
  watch_id BIGINT NOT NULL,
  workspace_id BIGINT NOT NULL,
  PRIMARY KEY (post_id, watch_id)
) {COMPACT};
CREATE INDEX post_match_by_watch ON post_match (watch_id, post_id);

CREATE TABLE post_subject (
  post_id BIGINT NOT NULL,
  subject_id BIGINT NOT NULL,
  workspace_id BIGINT NOT NULL,
  PRIMARY KEY (post_id, subject_id)
) {COMPACT};
CREATE INDEX post_subject_by_subject ON post_subject (subject_id, post_id);

CREATE TABLE post_reading (
  post_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  workspace_id BIGINT NOT NULL,
  likes DOUBLE PRECISION,
  reposts DOUBLE PRECISION,
  replies DOUBLE PRECISION,
  views DOUBLE PRECISION,
  PRIMARY KEY (post_id, at)
) {COMPACT};

-- What was deleted upstream or erased, as a keyed hash: it cannot come back.
CREATE TABLE tombstone (
  workspace_id BIGINT NOT NULL,
  hash TEXT NOT NULL,
  at BIGINT NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY (workspace_id, hash)
) {COMPACT};

--! sqlite
CREATE VIRTUAL TABLE post_search USING fts5 (words, content='', contentless_delete=1, detail=none, tokenize='ascii');
--! postgres
CREATE TABLE post_search (
  id BIGINT PRIMARY KEY,
  workspace_id BIGINT NOT NULL,
  words TSVECTOR NOT NULL
);
CREATE INDEX post_search_newest ON post_search (workspace_id, id);
CREATE INDEX post_search_words ON post_search USING gin (words);
--! both
