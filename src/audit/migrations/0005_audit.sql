-- What was done, by whom, to whom. No foreign keys: the record outlives the people in it.
CREATE TABLE audit (
  id         ${identity},
  at         BIGINT NOT NULL,
  event      TEXT NOT NULL,
  actor      BIGINT NOT NULL,
  subject    BIGINT NOT NULL,
  session    TEXT,
  address    TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  request_id TEXT NOT NULL,
  detail     TEXT NOT NULL
);
CREATE INDEX audit_subject ON audit (subject, id);
