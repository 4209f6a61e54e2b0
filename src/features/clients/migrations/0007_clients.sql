-- The secret itself is shown once and kept nowhere; `scope` as OAuth writes it, with spaces between.
CREATE TABLE clients (
  name          TEXT NOT NULL PRIMARY KEY,
  secret_sha256 TEXT NOT NULL,
  scope         TEXT NOT NULL,
  created_at    BIGINT NOT NULL,
  rotated_at    BIGINT NOT NULL
);
