-- Private halves and secrets are sealed with the master key, which is not in the database.
CREATE TABLE signing_keys (
  kid            TEXT NOT NULL PRIMARY KEY,
  algorithm      TEXT NOT NULL,
  state          TEXT NOT NULL,
  private_sealed ${blob},
  public_pem     TEXT NOT NULL,
  created_at     BIGINT NOT NULL,
  activated_at   BIGINT,
  retired_at     BIGINT
);

-- One key signs, one waits.
CREATE UNIQUE INDEX signing_keys_one_each ON signing_keys (state) WHERE state <> 'retired';

CREATE TABLE server_secrets (
  name   TEXT NOT NULL PRIMARY KEY,
  sealed ${blob} NOT NULL
);
