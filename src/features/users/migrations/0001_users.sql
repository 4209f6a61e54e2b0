CREATE TABLE users (
  id ${identity},
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL UNIQUE,
  age BIGINT NOT NULL CHECK (age BETWEEN 16 AND 100),
  role TEXT NOT NULL CHECK (role IN ('USER', 'ADMIN')),
  password_hash TEXT,
  generation BIGINT NOT NULL,
  version BIGINT NOT NULL,
  disabled_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX users_by_name ON users (name_key, id);
CREATE INDEX users_by_created ON users (created_at, id);
CREATE INDEX admins_by_id ON users (id) WHERE role = 'ADMIN';
CREATE INDEX admins_by_name ON users (name_key, id) WHERE role = 'ADMIN';
CREATE INDEX admins_by_email ON users (email_key, id) WHERE role = 'ADMIN';
CREATE INDEX admins_by_created ON users (created_at, id) WHERE role = 'ADMIN';
