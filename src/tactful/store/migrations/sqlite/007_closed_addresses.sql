-- Addresses that take no more messages, as hashes: of whoever has them.
CREATE TABLE closed_addresses (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    why TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
