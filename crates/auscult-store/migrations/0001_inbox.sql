-- Conversations and everything around them.
CREATE TABLE person (
  id {ID},
  workspace_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  preferred_channel TEXT,
  lang TEXT,
  needs TEXT NOT NULL DEFAULT '[]',
  restrictions TEXT NOT NULL DEFAULT '{}',
  merged_into BIGINT,
  erased_at BIGINT,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL
);
CREATE INDEX person_by_workspace ON person (workspace_id, id);

CREATE TABLE identity (
  id {ID},
  workspace_id BIGINT NOT NULL,
  source TEXT NOT NULL,
  external_id TEXT NOT NULL,
  handle TEXT,
  name TEXT,
  person_id BIGINT NOT NULL,
  evidence TEXT NOT NULL DEFAULT 'stated',
  first_seen BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  UNIQUE (workspace_id, source, external_id)
);
CREATE INDEX identity_by_person ON identity (person_id);

CREATE TABLE person_merge (
  id {ID},
  workspace_id BIGINT NOT NULL,
  kept_id BIGINT NOT NULL,
  merged_id BIGINT NOT NULL,
  member_id BIGINT,
  at BIGINT NOT NULL,
  undone_at BIGINT
);
CREATE UNIQUE INDEX person_merge_open ON person_merge (merged_id) WHERE undone_at IS NULL;
CREATE INDEX person_merge_by_kept ON person_merge (kept_id);

CREATE TABLE person_note (
  id {ID},
  workspace_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  member_id BIGINT NOT NULL,
  text TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX person_note_by_person ON person_note (person_id);

CREATE TABLE consent (
  id {ID},
  workspace_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  channel TEXT NOT NULL,
  purpose TEXT NOT NULL,
  granted BOOLEAN NOT NULL,
  proof TEXT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT,
  withdrawn_at BIGINT
);
CREATE INDEX consent_by_person ON consent (person_id);

-- `thread_key` is the thread's root while this is the thread's conversation; a later one takes it over.
CREATE TABLE conversation (
  id {ID},
  workspace_id BIGINT NOT NULL,
  number BIGINT NOT NULL,
  channel_id BIGINT,
  source TEXT NOT NULL,
  thread_root TEXT NOT NULL,
  thread_key TEXT NOT NULL,
  reach TEXT NOT NULL,
  state TEXT NOT NULL,
  resolve_reason TEXT,
  assignee_id BIGINT,
  team_id BIGINT,
  priority TEXT NOT NULL DEFAULT 'normal',
  urgency BIGINT NOT NULL DEFAULT 0,
  salience BIGINT NOT NULL DEFAULT 0,
  restricted BOOLEAN NOT NULL DEFAULT FALSE,
  needs_answer BOOLEAN NOT NULL DEFAULT FALSE,
  mark_held BOOLEAN NOT NULL DEFAULT FALSE,
  mark_approval BOOLEAN NOT NULL DEFAULT FALSE,
  mark_safety BOOLEAN NOT NULL DEFAULT FALSE,
  mark_legal BOOLEAN NOT NULL DEFAULT FALSE,
  mark_external BOOLEAN NOT NULL DEFAULT FALSE,
  version BIGINT NOT NULL DEFAULT 1,
  last_seq BIGINT NOT NULL DEFAULT 0,
  waiting_since BIGINT,
  due_at BIGINT,
  first_due_at BIGINT,
  snoozed_until BIGINT,
  opened_at BIGINT NOT NULL,
  first_reply_at BIGINT,
  resolved_at BIGINT,
  reopened BIGINT NOT NULL DEFAULT 0,
  last_at BIGINT NOT NULL,
  last_line TEXT NOT NULL DEFAULT '',
  identity_id BIGINT,
  person_id BIGINT,
  person_name TEXT NOT NULL DEFAULT '',
  handle TEXT NOT NULL DEFAULT '',
  post_id BIGINT,
  case_id BIGINT,
  -- The place in the queue: urgency 3 oldest first, urgency 2 by due time, the rest by due time; what does not
  -- wait for us stands behind: waiting by its last word, snoozed by its end, resolved newest first.
  team_key BIGINT NOT NULL GENERATED ALWAYS AS (COALESCE(team_id, 0)) STORED,
  q_band BIGINT NOT NULL GENERATED ALWAYS AS (CASE WHEN state <> 'new' THEN 3 WHEN urgency >= 3 THEN 0 WHEN urgency = 2 THEN 1 ELSE 2 END) STORED,
  q_at BIGINT NOT NULL GENERATED ALWAYS AS (CASE
    WHEN state = 'waiting' THEN last_at
    WHEN state = 'snoozed' THEN COALESCE(snoozed_until, opened_at)
    WHEN state = 'resolved' THEN -COALESCE(resolved_at, last_at)
    WHEN urgency >= 3 THEN COALESCE(waiting_since, opened_at)
    ELSE COALESCE(due_at, 253402300799000) END) STORED,
  q_dull BIGINT NOT NULL GENERATED ALWAYS AS (100 - salience) STORED,
  q_since BIGINT NOT NULL GENERATED ALWAYS AS (COALESCE(waiting_since, opened_at)) STORED,
  UNIQUE (workspace_id, number),
  UNIQUE (workspace_id, source, thread_key)
);
CREATE INDEX conversation_queue ON conversation (workspace_id, state, q_band, q_at, q_dull, q_since, id);
CREATE INDEX conversation_team ON conversation (workspace_id, team_key, state, q_band, q_at, q_dull, q_since, id);
CREATE INDEX conversation_assignee ON conversation (workspace_id, assignee_id, state, q_band, q_at, q_dull, q_since, id) WHERE assignee_id IS NOT NULL;
CREATE INDEX conversation_unassigned ON conversation (workspace_id, team_key, q_band, q_at, q_dull, q_since, id) WHERE assignee_id IS NULL AND state = 'new';
CREATE INDEX conversation_safety ON conversation (workspace_id, q_band, q_at, q_dull, q_since, id) WHERE mark_safety;
CREATE INDEX conversation_approval ON conversation (workspace_id, q_band, q_at, q_dull, q_since, id) WHERE mark_approval;
CREATE INDEX conversation_reach ON conversation (workspace_id, reach, state, q_band, q_at, q_dull, q_since, id);
CREATE INDEX conversation_channel ON conversation (channel_id, state, q_band, q_at, q_dull, q_since, id);
CREATE INDEX conversation_snoozed ON conversation (snoozed_until) WHERE state = 'snoozed';
CREATE INDEX conversation_person ON conversation (person_id, id) WHERE person_id IS NOT NULL;
CREATE INDEX conversation_opened ON conversation (workspace_id, opened_at);
CREATE INDEX conversation_case ON conversation (case_id) WHERE case_id IS NOT NULL;

CREATE TABLE entry (
  id {ID},
  workspace_id BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  kind TEXT NOT NULL,
  direction TEXT NOT NULL,
  audience TEXT NOT NULL,
  audience_team_id BIGINT,
  member_id BIGINT,
  author_name TEXT NOT NULL DEFAULT '',
  author_handle TEXT NOT NULL DEFAULT '',
  staff BOOLEAN NOT NULL DEFAULT FALSE,
  text TEXT NOT NULL,
  post_id BIGINT,
  delivery_id BIGINT,
  external_id TEXT,
  parent_external_id TEXT,
  url TEXT,
  data TEXT NOT NULL DEFAULT '{}',
  at BIGINT NOT NULL,
  removed_at BIGINT,
  UNIQUE (conversation_id, seq)
);
CREATE INDEX entry_by_post ON entry (post_id) WHERE post_id IS NOT NULL;
CREATE INDEX entry_by_delivery ON entry (delivery_id) WHERE delivery_id IS NOT NULL;
CREATE INDEX entry_by_time ON entry (workspace_id, at);

CREATE TABLE label (
  id {ID},
  workspace_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  colour TEXT NOT NULL,
  UNIQUE (workspace_id, name)
);

CREATE TABLE conversation_label (
  conversation_id BIGINT NOT NULL,
  label_id BIGINT NOT NULL,
  workspace_id BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, label_id)
) {COMPACT};
CREATE INDEX conversation_label_by_label ON conversation_label (label_id, conversation_id);

CREATE TABLE read_mark (
  conversation_id BIGINT NOT NULL,
  member_id BIGINT NOT NULL,
  workspace_id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, member_id)
) {COMPACT};

CREATE TABLE read_log (
  id {ID},
  workspace_id BIGINT NOT NULL,
  member_id BIGINT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX read_log_by_time ON read_log (workspace_id, at);

CREATE TABLE presence (
  conversation_id BIGINT NOT NULL,
  member_id BIGINT NOT NULL,
  workspace_id BIGINT NOT NULL,
  doing TEXT NOT NULL,
  until_at BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, member_id)
) {COMPACT};

CREATE TABLE draft (
  id {ID},
  workspace_id BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  member_id BIGINT NOT NULL,
  shared BOOLEAN NOT NULL,
  audience TEXT NOT NULL,
  text TEXT NOT NULL,
  verdict TEXT NOT NULL,
  against_version BIGINT NOT NULL,
  version BIGINT NOT NULL,
  saved_at BIGINT NOT NULL,
  UNIQUE (conversation_id, member_id)
);

CREATE TABLE saved_reply (
  id {ID},
  workspace_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  lang TEXT NOT NULL,
  team_id BIGINT,
  member_id BIGINT,
  actions TEXT NOT NULL DEFAULT '[]',
  review_on BIGINT,
  used BIGINT NOT NULL DEFAULT 0,
  version BIGINT NOT NULL DEFAULT 1,
  changed_at BIGINT NOT NULL,
  UNIQUE (workspace_id, name, lang)
);

CREATE TABLE approval (
  id {ID},
  workspace_id BIGINT NOT NULL,
  conversation_id BIGINT,
  variant_id BIGINT,
  audience TEXT NOT NULL,
  text TEXT NOT NULL,
  text_hash TEXT NOT NULL,
  verdict TEXT NOT NULL,
  asked_by BIGINT NOT NULL,
  asked_of BIGINT,
  state TEXT NOT NULL,
  decided_by BIGINT,
  note TEXT NOT NULL DEFAULT '',
  asked_at BIGINT NOT NULL,
  decided_at BIGINT
);
CREATE INDEX approval_open ON approval (workspace_id, asked_at) WHERE state = 'asked';
CREATE INDEX approval_by_conversation ON approval (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX approval_by_variant ON approval (variant_id) WHERE variant_id IS NOT NULL;

CREATE TABLE care_case (
  id {ID},
  workspace_id BIGINT NOT NULL,
  number BIGINT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL,
  owner_id BIGINT,
  restricted BOOLEAN NOT NULL DEFAULT FALSE,
  due_at BIGINT,
  law_due_at BIGINT,
  outside_reference TEXT NOT NULL DEFAULT '',
  outcome TEXT NOT NULL DEFAULT '',
  what_changed TEXT NOT NULL DEFAULT '',
  told_on BIGINT,
  published BOOLEAN NOT NULL DEFAULT FALSE,
  checklist TEXT NOT NULL DEFAULT '[]',
  version BIGINT NOT NULL DEFAULT 1,
  opened_at BIGINT NOT NULL,
  closed_at BIGINT,
  closed_by BIGINT,
  second_signature BIGINT,
  UNIQUE (workspace_id, number)
);

CREATE TABLE safety_record (
  id {ID},
  workspace_id BIGINT NOT NULL,
  conversation_id BIGINT,
  post_id BIGINT,
  kind TEXT NOT NULL,
  elements TEXT NOT NULL,
  steps TEXT NOT NULL,
  due_at BIGINT,
  opened_at BIGINT NOT NULL,
  closed_at BIGINT,
  closed_by BIGINT,
  second_signature BIGINT,
  version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX safety_record_open ON safety_record (workspace_id, opened_at) WHERE closed_at IS NULL;
