-- Who may be whom, what was separated, who refuses, and who was erased. Times are integer microseconds since 1970-01-01 UTC.

-- Every edge of the identity graph: an identifier that was seen with a customer, certain or not. `identities` holds what follows from the certain ones.
CREATE TABLE ties (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    customer TEXT NOT NULL,
    since INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    confidence REAL NOT NULL,
    PRIMARY KEY (kind, value, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX ties_by_customer ON ties (customer, kind, value);

-- Identifiers that were separated from a customer, and stay so until an explicit word after `at`.
CREATE TABLE cuts (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    customer TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (kind, value, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX cuts_by_customer ON cuts (customer);

-- Customers who refuse to be personalized: what they browse is not kept.
CREATE TABLE refusals (
    customer TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Keyed hashes of erased identifiers; the key is not in this file.
CREATE TABLE tombstones (
    mark TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Requests of data subjects, without their identities.
CREATE TABLE subject_requests (
    request_id TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

CREATE INDEX decisions_by_customer ON decisions (customer, decision_id);
