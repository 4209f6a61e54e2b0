CREATE TABLE sessions (
  id              TEXT NOT NULL PRIMARY KEY,
  user_id         BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  generation      BIGINT NOT NULL,
  counter         BIGINT NOT NULL,
  created_at      BIGINT NOT NULL,
  refreshed_at    BIGINT NOT NULL,
  idle_expires_at BIGINT NOT NULL,
  expires_at      BIGINT NOT NULL,
  auth_time       BIGINT NOT NULL,
  amr             TEXT NOT NULL,
  user_agent      TEXT NOT NULL,
  address         TEXT NOT NULL,
  ended_at        BIGINT,
  end_reason      TEXT
);

CREATE INDEX sessions_of_user ON sessions (user_id, id);
-- Few for each user, however many have ended.
CREATE INDEX sessions_not_ended ON sessions (user_id, id) WHERE ended_at IS NULL;

-- What died before its time, in the order in which it died. No reference to users: it outlives them.
CREATE TABLE revocations (
  seq        ${identity},
  session_id TEXT,
  user_id    BIGINT,
  generation BIGINT,
  at         BIGINT NOT NULL
);
