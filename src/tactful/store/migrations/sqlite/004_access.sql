-- Keys that are handed out, and who looked at whom with them. Times are integer microseconds since 1970-01-01 UTC.

-- `digest` is the SHA-256 of a key; the key itself is nowhere.
CREATE TABLE access_keys (
    digest TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One row; the number grows with every change, so that servers notice.
CREATE TABLE keys_version (version INTEGER NOT NULL) STRICT;
INSERT INTO keys_version VALUES (0);

-- `whom` is a keyed hash of a customer id; the key is not in this file.
CREATE TABLE looks (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    key TEXT NOT NULL,
    action TEXT NOT NULL,
    whom TEXT,
    outcome TEXT NOT NULL
) STRICT;
CREATE INDEX looks_by_whom ON looks (whom);

CREATE TRIGGER looks_are_not_changed BEFORE UPDATE ON looks BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER looks_are_not_removed BEFORE DELETE ON looks BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
