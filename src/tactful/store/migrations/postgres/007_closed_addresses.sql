-- Addresses that take no more messages, as hashes: of whoever has them.
CREATE TABLE closed_addresses (
    kind text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    why text COLLATE "C" NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (kind, value)
) PARTITION BY HASH (kind, value);
SELECT cut_into_parts('closed_addresses');
