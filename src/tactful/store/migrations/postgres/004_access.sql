-- Keys that are handed out, and who looked at whom with them. Times are bigint microseconds since 1970-01-01 UTC.

-- `digest` is the SHA-256 of a key; the key itself is nowhere.
CREATE TABLE access_keys (
    digest text COLLATE "C" PRIMARY KEY,
    body bytea NOT NULL
);

-- One row; the number grows with every change, so that servers notice.
CREATE TABLE keys_version (version bigint NOT NULL);
INSERT INTO keys_version VALUES (0);

-- `whom` is a keyed hash of a customer id; the key is not in this database.
CREATE TABLE looks (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at bigint NOT NULL,
    key text COLLATE "C" NOT NULL,
    action text COLLATE "C" NOT NULL,
    whom text COLLATE "C",
    outcome text COLLATE "C" NOT NULL
);
CREATE INDEX looks_by_whom ON looks (whom, seq);

CREATE FUNCTION looks_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END
$$;
CREATE TRIGGER looks_stay BEFORE UPDATE OR DELETE ON looks FOR EACH ROW EXECUTE FUNCTION looks_stay();
