-- The log and what is kept beside it. Times are integer microseconds since 1970-01-01 UTC; bodies are msgpack.

-- The log. `seq` is the order of arrival. Times and arrival never change; `customer` does when identities are joined.
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    customer TEXT NOT NULL,
    at INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;
-- Every index ends with `seq`, the row's own number, so this one is in the order in which a log is read.
CREATE INDEX events_by_customer ON events (customer, at);
CREATE UNIQUE INDEX events_by_message ON events (message_id);

-- Folds of the log, kept so that nobody has to fold twice.
CREATE TABLE profiles (
    customer TEXT PRIMARY KEY,
    snapshot BLOB NOT NULL
) STRICT;

-- Who an identifier points to now.
CREATE TABLE identities (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    customer TEXT NOT NULL,
    since INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_by_customer ON identities (customer, kind, value);

-- `seq` is the order of first insertion.
CREATE TABLE products (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE stores (
    store_code TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

-- One row; the number grows with every change of products or stores.
CREATE TABLE catalog_version (version INTEGER NOT NULL) STRICT;
INSERT INTO catalog_version VALUES (0);

-- `kind` is `decision` or `plan`.
CREATE TABLE decisions (
    decision_id TEXT PRIMARY KEY,
    customer TEXT,
    kind TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE models (
    name TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE dead_letters (
    seq INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;
