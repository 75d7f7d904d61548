-- Statements that PostgreSQL says in its own way; all others are those of `statements.sql`.

-- known_event --
-- Those of some message ids that the log holds.
SELECT message_id FROM message_ids WHERE message_id = ANY(?)

-- append_event --
-- Add one event at the end of the log, and note where it is.
WITH added AS (INSERT INTO events (customer, at, message_id, body) VALUES (?, ?, ?, ?) RETURNING message_id, customer, at, seq)
INSERT INTO message_ids (message_id, customer, at, seq) SELECT message_id, customer, at, seq FROM added

-- find_event --
-- One event by its message id.
SELECT events.customer, events.body FROM message_ids JOIN events USING (customer, at, seq) WHERE message_ids.message_id = ?

-- reassign_events --
-- Give all events of one customer to another.
WITH moved AS (UPDATE events SET customer = :into WHERE customer = :from RETURNING message_id)
UPDATE message_ids SET customer = :into FROM moved WHERE message_ids.message_id = moved.message_id

-- owners_of_identifiers --
-- The customers that some identifiers point to.
SELECT identities.kind, identities.value, identities.customer FROM unnest(?::text[], ?::text[]) AS named (kind, value)
JOIN identities ON identities.kind = named.kind AND identities.value = named.value

-- ties_of_identifiers --
-- Everybody some identifiers were seen with.
SELECT ties.kind, ties.value, ties.customer, ties.since, ties.event_id, ties.confidence FROM unnest(?::text[], ?::text[]) AS named (kind, value)
JOIN ties ON ties.kind = named.kind AND ties.value = named.value ORDER BY ties.customer

-- cuts_of_identifiers --
-- When some identifiers were separated from somebody.
SELECT cuts.kind, cuts.value, cuts.customer, cuts.at FROM unnest(?::text[], ?::text[]) AS named (kind, value)
JOIN cuts ON cuts.kind = named.kind AND cuts.value = named.value

-- ties_of_customers --
-- Every identifier some customers were seen with.
SELECT kind, value, customer, since, event_id, confidence FROM ties WHERE customer = ANY(?::text[]) ORDER BY kind, value

-- profiles_of_customers --
-- The snapshots of some customers.
SELECT customer, snapshot FROM profiles WHERE customer = ANY(?::text[])

-- move_event --
-- Give one event to a customer.
WITH named AS (SELECT ?::text AS into_customer, ?::text AS message_id),
moved AS (
    UPDATE events SET customer = named.into_customer FROM named JOIN message_ids USING (message_id)
    WHERE events.customer = message_ids.customer AND events.at = message_ids.at AND events.seq = message_ids.seq
    RETURNING events.message_id, named.into_customer
)
UPDATE message_ids SET customer = moved.into_customer FROM moved WHERE message_ids.message_id = moved.message_id

-- erase_events --
-- Forget all events of one customer.
WITH gone AS (DELETE FROM events WHERE customer = ? RETURNING message_id)
DELETE FROM message_ids USING gone WHERE message_ids.message_id = gone.message_id
