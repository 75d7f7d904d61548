-- Who may be whom, what was separated, who refuses, and who was erased. Times are integer microseconds since 1970-01-01 UTC.

-- Every edge of the identity graph: an identifier that was seen with a customer, certain or not. `identities` holds what follows from the certain ones.
CREATE TABLE ties (
    kind text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    customer text COLLATE "C" NOT NULL,
    since bigint NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    confidence double precision NOT NULL,
    PRIMARY KEY (kind, value, customer)
);
CREATE INDEX ties_by_customer ON ties (customer, kind, value);

-- Identifiers that were separated from a customer, and stay so until an explicit word after `at`.
CREATE TABLE cuts (
    kind text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    customer text COLLATE "C" NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (kind, value, customer)
);
CREATE INDEX cuts_by_customer ON cuts (customer);

-- Customers who refuse to be personalized: what they browse is not kept.
CREATE TABLE refusals (
    customer text COLLATE "C" PRIMARY KEY
);

-- Keyed hashes of erased identifiers; the key is not in this file.
CREATE TABLE tombstones (
    mark text COLLATE "C" PRIMARY KEY,
    at bigint NOT NULL
);

-- Requests of data subjects, without their identities.
CREATE TABLE subject_requests (
    request_id text COLLATE "C" PRIMARY KEY,
    body bytea NOT NULL
);

CREATE INDEX decisions_by_customer ON decisions (customer, decision_id);
