-- Every statement of the stores over SQL, in the words of SQLite, as `-- name --`, what it does, and the statement.

-- known_event --
-- Whether the log holds a message id.
SELECT 1 FROM events WHERE message_id = ?

-- append_event --
-- Add one event at the end of the log.
INSERT INTO events (customer, at, message_id, body) VALUES (?, ?, ?, ?)

-- read_events --
-- One customer's events up to a time, in order.
SELECT body FROM events WHERE customer = ? AND at <= ? ORDER BY at, seq

-- scan_events --
-- The whole log, customer by customer.
SELECT customer, body FROM events ORDER BY customer, at, seq

-- customers --
-- Everybody with events.
SELECT DISTINCT customer FROM events ORDER BY customer

-- find_event --
-- One event by its message id.
SELECT customer, body FROM events WHERE message_id = ?

-- reassign_events --
-- Give all events of one customer to another.
UPDATE events SET customer = :into WHERE customer = :from

-- count_events --
-- How long the log is.
SELECT count(*) FROM events

-- load_profile --
-- The snapshot of one customer.
SELECT snapshot FROM profiles WHERE customer = ?

-- save_profile --
-- Keep the snapshot of one customer.
INSERT INTO profiles (customer, snapshot) VALUES (?, ?)
ON CONFLICT (customer) DO UPDATE SET snapshot = excluded.snapshot

-- drop_profile --
-- Forget the snapshot of one customer.
DELETE FROM profiles WHERE customer = ?

-- missing_profiles --
-- Customers whose profile has to be folded from the log.
SELECT customer FROM events EXCEPT SELECT customer FROM profiles ORDER BY customer

-- owner_of_identifier --
-- The customer an identifier points to.
SELECT customer FROM identities WHERE kind = ? AND value = ?

-- link_identifier --
-- Point an identifier to a customer.
INSERT INTO identities (kind, value, customer, since, event_id) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (kind, value) DO UPDATE SET customer = excluded.customer, since = excluded.since, event_id = excluded.event_id

-- links_of_customer --
-- All identifiers of one customer.
SELECT kind, value, customer, since, event_id FROM identities WHERE customer = ? ORDER BY kind, value

-- reassign_identifiers --
-- Point all identifiers of one customer to another.
UPDATE identities SET customer = :into WHERE customer = :from

-- user_ids --
-- Everybody who ever signed in.
SELECT value FROM identities WHERE kind = 'user_id' ORDER BY value

-- catalog_version --
-- The number that grows with every change.
SELECT version FROM catalog_version

-- catalog_changed --
-- Make the number grow.
UPDATE catalog_version SET version = version + 1

-- put_product --
-- Insert or replace one product; a replaced one keeps its place.
INSERT INTO products (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body

-- product --
-- One product by id.
SELECT body FROM products WHERE id = ?

-- products --
-- All products in the order of first insertion.
SELECT body FROM products ORDER BY seq

-- put_store --
-- Insert or replace one store.
INSERT INTO stores (store_code, body) VALUES (?, ?) ON CONFLICT (store_code) DO UPDATE SET body = excluded.body

-- stores --
-- All stores by code.
SELECT body FROM stores ORDER BY store_code

-- save_decision --
-- Keep one decision or plan.
INSERT INTO decisions (decision_id, customer, kind, body) VALUES (?, ?, ?, ?)
ON CONFLICT (decision_id) DO UPDATE SET customer = excluded.customer, kind = excluded.kind, body = excluded.body

-- load_decision --
-- One decision or plan by its id.
SELECT kind, body FROM decisions WHERE decision_id = ?

-- save_model --
-- Replace the artefact of one name.
INSERT INTO models (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body

-- load_models --
-- The latest artefacts by name.
SELECT body FROM models ORDER BY name

-- add_dead_letter --
-- Keep one dead letter.
INSERT INTO dead_letters (body) VALUES (?)

-- latest_dead_letters --
-- The newest first.
SELECT body FROM dead_letters ORDER BY seq DESC LIMIT ?

-- count_dead_letters --
-- How many there are.
SELECT count(*) FROM dead_letters
