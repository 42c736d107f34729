-- The installation, who works here, and the workspaces.
CREATE TABLE instance (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  first_admin_user_id BIGINT,
  settings TEXT NOT NULL DEFAULT '{}',
  created_at BIGINT NOT NULL
);

CREATE TABLE workspace (
  id {ID},
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  settings TEXT NOT NULL,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  closed_at BIGINT
);

-- Numbers handed out in order: conversation numbers, live events, the change counter of watches (workspace 0).
CREATE TABLE counter (
  workspace_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, name)
) {COMPACT};

CREATE TABLE app_user (
  id {ID},
  email TEXT NOT NULL,
  email_key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password_hash TEXT,
  second_factor {BLOB},
  disabled BOOLEAN NOT NULL DEFAULT FALSE,
  preferences TEXT NOT NULL DEFAULT '{}',
  created_at BIGINT NOT NULL
);

CREATE TABLE member (
  id {ID},
  workspace_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  role TEXT NOT NULL,
  duties TEXT NOT NULL DEFAULT '[]',
  disabled BOOLEAN NOT NULL DEFAULT FALSE,
  created_at BIGINT NOT NULL,
  UNIQUE (workspace_id, user_id)
);
CREATE INDEX member_by_user ON member (user_id);

CREATE TABLE team (
  id {ID},
  workspace_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (workspace_id, name)
);

CREATE TABLE team_member (
  member_id BIGINT NOT NULL,
  team_id BIGINT NOT NULL,
  workspace_id BIGINT NOT NULL,
  PRIMARY KEY (member_id, team_id)
) {COMPACT};
CREATE INDEX team_member_by_team ON team_member (team_id);

CREATE TABLE session (
  id {ID},
  secret_hash {BLOB} NOT NULL UNIQUE,
  user_id BIGINT NOT NULL,
  workspace_id BIGINT,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  idle_until BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  device TEXT NOT NULL
);
CREATE INDEX session_by_user ON session (user_id);

CREATE TABLE api_token (
  id {ID},
  secret_hash {BLOB} NOT NULL UNIQUE,
  workspace_id BIGINT NOT NULL,
  member_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  expires_at BIGINT,
  last_used_at BIGINT,
  revoked_at BIGINT,
  created_at BIGINT NOT NULL
);
CREATE INDEX api_token_by_workspace ON api_token (workspace_id);

CREATE TABLE invitation (
  id {ID},
  secret_hash {BLOB} NOT NULL UNIQUE,
  workspace_id BIGINT NOT NULL,
  email TEXT NOT NULL,
  role TEXT NOT NULL,
  duties TEXT NOT NULL,
  invited_by BIGINT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  accepted_at BIGINT
);
CREATE INDEX invitation_by_workspace ON invitation (workspace_id);

-- Failed sign-ins, by a key of address and account, for waiting times.
CREATE TABLE sign_in_attempt (
  id {ID},
  who TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX sign_in_attempt_by_who ON sign_in_attempt (who, at);
