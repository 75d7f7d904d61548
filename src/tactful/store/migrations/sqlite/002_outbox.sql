-- Messages reserved, on their way, or over. Whose they are is the log's knowledge: the reservation is an event of its own, under the same id.
-- `next_at` is when a message is looked at next; NULL when it is over.
CREATE TABLE outbox (
    message_id TEXT PRIMARY KEY,
    next_at INTEGER,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (next_at, message_id) WHERE next_at IS NOT NULL;
