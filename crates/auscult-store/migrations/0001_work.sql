-- Work in the background, live events, and the records that only grow.
CREATE TABLE job (
  id {ID},
  workspace_id BIGINT,
  name TEXT NOT NULL,
  payload TEXT NOT NULL,
  unique_key TEXT UNIQUE,
  state TEXT NOT NULL,
  run_at BIGINT NOT NULL,
  tries BIGINT NOT NULL DEFAULT 0,
  max_tries BIGINT NOT NULL,
  fencing BIGINT NOT NULL DEFAULT 0,
  lease_until BIGINT NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX job_due ON job (run_at) WHERE state = 'ready';
CREATE INDEX job_running ON job (lease_until) WHERE state = 'running';
CREATE INDEX job_dead ON job (ended_at) WHERE state = 'dead';

CREATE TABLE schedule (
  name TEXT NOT NULL PRIMARY KEY,
  every_seconds BIGINT NOT NULL,
  payload TEXT NOT NULL,
  next_at BIGINT NOT NULL,
  last_at BIGINT
);

CREATE TABLE live_event (
  workspace_id BIGINT NOT NULL,
  number BIGINT NOT NULL,
  kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, number)
) {COMPACT};
CREATE INDEX live_event_by_time ON live_event (at);

-- Ends of the chains: the last number and hash of each workspace's audit log and decision record.
CREATE TABLE chain_end (
  workspace_id BIGINT NOT NULL,
  chain TEXT NOT NULL,
  number BIGINT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (workspace_id, chain)
) {COMPACT};

CREATE TABLE audit_entry (
  workspace_id BIGINT NOT NULL,
  number BIGINT NOT NULL,
  at BIGINT NOT NULL,
  member_id BIGINT,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (workspace_id, number)
) {COMPACT};

-- Who sent what, checked by which rules. It outlives the text: only the text's hash is in it.
CREATE TABLE decision (
  workspace_id BIGINT NOT NULL,
  number BIGINT NOT NULL,
  id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  conversation_id BIGINT,
  delivery_id BIGINT,
  member_id BIGINT,
  approved_by BIGINT,
  text_hash TEXT NOT NULL,
  rules TEXT NOT NULL,
  verdict TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (workspace_id, number)
) {COMPACT};
CREATE UNIQUE INDEX decision_by_id ON decision (id);

CREATE TABLE legal_hold (
  id {ID},
  workspace_id BIGINT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  member_id BIGINT,
  from_at BIGINT NOT NULL,
  released_at BIGINT
);
CREATE INDEX legal_hold_open ON legal_hold (workspace_id, subject_kind, subject_id) WHERE released_at IS NULL;

-- Hours spent and money paid, for figures about money and people.
CREATE TABLE cost_entry (
  id {ID},
  workspace_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  channel_id BIGINT,
  aim_id BIGINT,
  member_id BIGINT,
  minutes DOUBLE PRECISION NOT NULL DEFAULT 0,
  amount DOUBLE PRECISION NOT NULL DEFAULT 0,
  note TEXT NOT NULL DEFAULT '',
  on_at BIGINT NOT NULL
);
CREATE INDEX cost_entry_by_time ON cost_entry (workspace_id, on_at);
