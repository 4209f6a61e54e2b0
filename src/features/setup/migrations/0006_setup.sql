-- The one-time link with which the first administrator is made; only its SHA-256 is kept.
CREATE TABLE setup_links (
  token_hash TEXT NOT NULL PRIMARY KEY,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
