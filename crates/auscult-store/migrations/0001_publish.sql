-- The plan, and everything that goes out.
CREATE TABLE aim (
  id {ID},
  workspace_id BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  measure TEXT NOT NULL,
  target DOUBLE PRECISION,
  target_on BIGINT,
  owner_id BIGINT,
  created_at BIGINT NOT NULL,
  closed_at BIGINT
);
CREATE INDEX aim_by_workspace ON aim (workspace_id);

CREATE TABLE question (
  id {ID},
  workspace_id BIGINT NOT NULL,
  text TEXT NOT NULL,
  topic TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL,
  asked BIGINT NOT NULL,
  links TEXT NOT NULL DEFAULT '[]',
  piece_id BIGINT,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX question_by_workspace ON question (workspace_id, state);

CREATE TABLE piece (
  id {ID},
  workspace_id BIGINT NOT NULL,
  aim_id BIGINT,
  question_id BIGINT,
  parent_id BIGINT,
  parent_kind TEXT,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  stance TEXT NOT NULL,
  audience TEXT NOT NULL DEFAULT '{}',
  claims TEXT NOT NULL DEFAULT '[]',
  clinical_owner_id BIGINT,
  author_id BIGINT,
  review_on BIGINT,
  consent_until BIGINT,
  state TEXT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE INDEX piece_by_workspace ON piece (workspace_id, id);
CREATE INDEX piece_by_parent ON piece (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE variant (
  id {ID},
  workspace_id BIGINT NOT NULL,
  piece_id BIGINT NOT NULL,
  channel_id BIGINT NOT NULL,
  text TEXT NOT NULL,
  parts TEXT NOT NULL DEFAULT '[]',
  media TEXT NOT NULL DEFAULT '[]',
  link TEXT,
  verdict TEXT NOT NULL DEFAULT '{}',
  text_hash TEXT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE INDEX variant_by_piece ON variant (piece_id);

CREATE TABLE occurrence (
  id {ID},
  workspace_id BIGINT NOT NULL,
  variant_id BIGINT NOT NULL,
  wall_time TEXT NOT NULL,
  zone TEXT NOT NULL,
  zone_version TEXT NOT NULL DEFAULT '',
  at BIGINT NOT NULL,
  late_policy TEXT NOT NULL,
  late_after_ms BIGINT NOT NULL,
  state TEXT NOT NULL,
  delivery_id BIGINT,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL
);
CREATE INDEX occurrence_by_time ON occurrence (workspace_id, at);
CREATE INDEX occurrence_due ON occurrence (at) WHERE delivery_id IS NULL;
CREATE INDEX occurrence_by_variant ON occurrence (variant_id);

-- The outbox. A row is claimed by a lease with a fencing number; every try has its row before the call.
CREATE TABLE delivery (
  id {ID},
  workspace_id BIGINT NOT NULL,
  channel_id BIGINT NOT NULL,
  client_key TEXT NOT NULL,
  conversation_id BIGINT,
  occurrence_id BIGINT,
  entry_id BIGINT,
  parent_delivery_id BIGINT,
  approval_id BIGINT,
  member_id BIGINT,
  audience TEXT NOT NULL,
  payload TEXT NOT NULL,
  text_hash TEXT NOT NULL,
  against_version BIGINT,
  exempt_from_hold BOOLEAN NOT NULL DEFAULT FALSE,
  state TEXT NOT NULL,
  held_by TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  eligible_at BIGINT NOT NULL,
  late_at BIGINT,
  late_policy TEXT NOT NULL DEFAULT 'ask',
  send_key TEXT NOT NULL,
  external_id TEXT,
  url TEXT,
  tries BIGINT NOT NULL DEFAULT 0,
  missed_reads BIGINT NOT NULL DEFAULT 0,
  next_check_at BIGINT,
  fencing BIGINT NOT NULL DEFAULT 0,
  lease_until BIGINT NOT NULL DEFAULT 0,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  sent_at BIGINT,
  verified_at BIGINT,
  UNIQUE (workspace_id, client_key)
);
CREATE INDEX delivery_due ON delivery (eligible_at) WHERE state IN ('planned', 'queued', 'not_now');
CREATE INDEX delivery_open ON delivery (state, lease_until) WHERE state IN ('sending', 'unknown', 'sent');
CREATE INDEX delivery_by_conversation ON delivery (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX delivery_by_external ON delivery (workspace_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX delivery_by_workspace ON delivery (workspace_id, state, eligible_at);
CREATE INDEX delivery_by_occurrence ON delivery (occurrence_id) WHERE occurrence_id IS NOT NULL;

CREATE TABLE attempt (
  id {ID},
  workspace_id BIGINT NOT NULL,
  delivery_id BIGINT NOT NULL,
  number BIGINT NOT NULL,
  fencing BIGINT NOT NULL,
  send_key TEXT NOT NULL,
  payload_hash TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,
  outcome TEXT,
  detail TEXT NOT NULL DEFAULT '',
  UNIQUE (delivery_id, number)
);

-- A hold of everything that goes out: of a workspace (channel 0) or of one channel.
CREATE TABLE outgoing_hold (
  workspace_id BIGINT NOT NULL,
  channel_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  member_id BIGINT,
  since BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, channel_id)
) {COMPACT};
