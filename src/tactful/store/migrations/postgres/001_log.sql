-- The log and what is kept beside it. Times are bigint microseconds since 1970-01-01 UTC; bodies are msgpack. Text is compared by its bytes.

-- Cuts a table into parts by the hash of its key, so that a customer is in one part, and parts may live on machines of their own.
CREATE FUNCTION cut_into_parts(whole text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS 16, REMAINDER %s)', whole || '_' || part, whole, part);
    END LOOP;
END
$$;

-- The log. `seq` is the order of arrival. Times and arrival never change; `customer` does when identities are joined.
CREATE SEQUENCE arrivals CACHE 1;
CREATE TABLE events (
    customer text COLLATE "C" NOT NULL,
    at bigint NOT NULL,
    seq bigint NOT NULL DEFAULT nextval('arrivals'),
    message_id text COLLATE "C" NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (customer, at, seq)
) PARTITION BY HASH (customer);
SELECT cut_into_parts('events');

-- Where in the log a message id is, for any customer: what a client sends twice is kept once.
CREATE TABLE message_ids (
    message_id text COLLATE "C" PRIMARY KEY,
    customer text COLLATE "C" NOT NULL,
    at bigint NOT NULL,
    seq bigint NOT NULL
) PARTITION BY HASH (message_id);
SELECT cut_into_parts('message_ids');

-- Folds of the log, kept so that nobody has to fold twice.
CREATE TABLE profiles (
    customer text COLLATE "C" PRIMARY KEY,
    snapshot bytea NOT NULL
) PARTITION BY HASH (customer);
SELECT cut_into_parts('profiles');

-- Who an identifier points to now.
CREATE TABLE identities (
    kind text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    customer text COLLATE "C" NOT NULL,
    since bigint NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, value)
) PARTITION BY HASH (kind, value);
SELECT cut_into_parts('identities');
CREATE INDEX identities_by_customer ON identities (customer, kind, value);

-- `seq` is the order of first insertion.
CREATE TABLE products (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE,
    body bytea NOT NULL
);

CREATE TABLE stores (
    store_code text COLLATE "C" PRIMARY KEY,
    body bytea NOT NULL
);

-- One row; the number grows with every change of products or stores.
CREATE TABLE catalog_version (version bigint NOT NULL);
INSERT INTO catalog_version VALUES (0);

-- `kind` is `decision` or `plan`.
CREATE TABLE decisions (
    decision_id text COLLATE "C" PRIMARY KEY,
    customer text COLLATE "C",
    kind text NOT NULL,
    body bytea NOT NULL
) PARTITION BY HASH (decision_id);
SELECT cut_into_parts('decisions');

CREATE TABLE models (
    name text COLLATE "C" PRIMARY KEY,
    body bytea NOT NULL
);

CREATE TABLE dead_letters (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    body bytea NOT NULL
);
