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
-- Everybody with events up to a time, and how many.
SELECT customer, count(*) FROM events WHERE at <= ? GROUP BY customer ORDER BY customer

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
INSERT INTO products (id, body, version) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET body = excluded.body, version = excluded.version

-- products_put_since --
-- The products put since a version, with their place; no more than so many.
SELECT seq, body FROM products WHERE version > ? ORDER BY version LIMIT ?

-- products_deleted --
-- The version in which a product was last deleted.
SELECT deleted FROM catalog_version

-- catalog_loses --
-- Note that the version to come is without some product.
UPDATE catalog_version SET deleted = version + 1

-- delete_product --
-- Forget one product.
DELETE FROM products WHERE id = ?

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

-- models_version --
-- The number that grows with every change.
SELECT version FROM models_version

-- models_changed --
-- Make the number grow.
UPDATE models_version SET version = version + 1

-- save_model --
-- Replace the artefact of one name.
INSERT INTO models (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body

-- load_models --
-- The latest artefacts by name.
SELECT body FROM models ORDER BY name

-- put_reservation --
-- Keep one message of the outbox.
INSERT INTO outbox (message_id, next_at, body) VALUES (?, ?, ?)
ON CONFLICT (message_id) DO UPDATE SET next_at = excluded.next_at, body = excluded.body

-- load_reservation --
-- One message of the outbox by its id.
SELECT body FROM outbox WHERE message_id = ?

-- due_reservations --
-- Messages whose next time has come.
SELECT message_id FROM outbox WHERE next_at <= ? ORDER BY next_at, message_id

-- drop_reservation --
-- Forget one message of the outbox.
DELETE FROM outbox WHERE message_id = ?

-- close_address --
-- Remember that an address takes no more messages.
INSERT INTO closed_addresses (kind, value, why, at) VALUES (?, ?, ?, ?)
ON CONFLICT (kind, value) DO UPDATE SET why = excluded.why, at = excluded.at

-- closed_address --
-- Why an address takes no messages.
SELECT why, at FROM closed_addresses WHERE kind = ? AND value = ?

-- add_dead_letter --
-- Keep one dead letter.
INSERT INTO dead_letters (body) VALUES (?)

-- latest_dead_letters --
-- The newest first.
SELECT body FROM dead_letters ORDER BY seq DESC LIMIT ?

-- count_dead_letters --
-- How many there are.
SELECT count(*) FROM dead_letters

-- move_event --
-- Give one event to a customer.
UPDATE events SET customer = ? WHERE message_id = ?

-- erase_events --
-- Forget all events of one customer.
DELETE FROM events WHERE customer = ?

-- unlink_identifier --
-- Let an identifier point to nobody.
DELETE FROM identities WHERE kind = ? AND value = ?

-- forget_links --
-- Let no identifier point to a customer.
DELETE FROM identities WHERE customer = ?

-- tie_identifier --
-- Keep one edge of the graph; the surer of two stays.
INSERT INTO ties (kind, value, customer, since, event_id, confidence) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (kind, value, customer) DO UPDATE SET confidence = excluded.confidence WHERE excluded.confidence > ties.confidence

-- ties_of_identifier --
-- Everybody an identifier was seen with.
SELECT kind, value, customer, since, event_id, confidence FROM ties WHERE kind = ? AND value = ? ORDER BY customer

-- ties_of_customer --
-- Every identifier a customer was seen with.
SELECT kind, value, customer, since, event_id, confidence FROM ties WHERE customer = ? ORDER BY kind, value

-- copy_ties --
-- Give the edges of one customer to another, who keeps those of their own.
INSERT INTO ties (kind, value, customer, since, event_id, confidence)
SELECT kind, value, :into, since, event_id, confidence FROM ties WHERE customer = :from
ON CONFLICT (kind, value, customer) DO NOTHING

-- forget_ties --
-- Forget the edges of one customer.
DELETE FROM ties WHERE customer = ?

-- cut_identifier --
-- Remember that an identifier was separated from a customer.
INSERT INTO cuts (kind, value, customer, at) VALUES (?, ?, ?, ?)
ON CONFLICT (kind, value, customer) DO UPDATE SET at = excluded.at

-- cut_at --
-- When an identifier was separated from a customer.
SELECT at FROM cuts WHERE kind = ? AND value = ? AND customer = ?

-- mend_identifier --
-- Forget that an identifier was separated from a customer.
DELETE FROM cuts WHERE kind = ? AND value = ? AND customer = ?

-- forget_cuts --
-- Forget what was separated from one customer.
DELETE FROM cuts WHERE customer = ?

-- decisions_of --
-- All decisions and plans about one customer.
SELECT kind, body FROM decisions WHERE customer = ? ORDER BY decision_id

-- reassign_decisions --
-- Give all decisions about one customer to another.
UPDATE decisions SET customer = :into WHERE customer = :from

-- move_decision --
-- Give one decision to a customer.
UPDATE decisions SET customer = ? WHERE decision_id = ?

-- erase_decisions --
-- Forget all decisions about one customer.
DELETE FROM decisions WHERE customer = ?

-- scan_dead_letters --
-- All of them with their number.
SELECT seq, body FROM dead_letters ORDER BY seq

-- drop_dead_letter --
-- Forget one.
DELETE FROM dead_letters WHERE seq = ?

-- refuse --
-- Remember that a customer refuses to be personalized.
INSERT INTO refusals (customer) VALUES (?) ON CONFLICT (customer) DO NOTHING

-- allow --
-- Forget that a customer refused.
DELETE FROM refusals WHERE customer = ?

-- anyone_refuses --
-- Whether there is anybody who refuses.
SELECT 1 FROM refusals LIMIT 1

-- refuses --
-- Whether a customer refuses.
SELECT 1 FROM refusals WHERE customer = ?

-- bury --
-- Keep the mark of an erased identifier.
INSERT INTO tombstones (mark, at) VALUES (?, ?) ON CONFLICT (mark) DO UPDATE SET at = excluded.at

-- buried_at --
-- When the identifier of a mark was erased.
SELECT at FROM tombstones WHERE mark = ?

-- unearth --
-- Forget a mark: they came back by themselves.
DELETE FROM tombstones WHERE mark = ?

-- count_tombstones --
-- How many identifiers were erased.
SELECT count(*) FROM tombstones

-- save_request --
-- Keep a data subject's request.
INSERT INTO subject_requests (request_id, body) VALUES (?, ?) ON CONFLICT (request_id) DO UPDATE SET body = excluded.body

-- load_request --
-- One data subject's request.
SELECT body FROM subject_requests WHERE request_id = ?

-- keys_version --
-- The number that grows with every change.
SELECT version FROM keys_version

-- keys_changed --
-- Make the number grow.
UPDATE keys_version SET version = version + 1

-- save_key --
-- Keep a key, as its hash.
INSERT INTO access_keys (digest, body) VALUES (?, ?) ON CONFLICT (digest) DO UPDATE SET body = excluded.body

-- load_keys --
-- All keys.
SELECT body FROM access_keys ORDER BY digest

-- add_look --
-- Note that somebody looked.
INSERT INTO looks (at, key, action, whom, outcome) VALUES (?, ?, ?, ?, ?)

-- latest_looks --
-- The newest looks first.
SELECT at, key, action, whom, outcome FROM looks ORDER BY seq DESC LIMIT ?

-- looks_at --
-- All looks at somebody, the oldest first.
SELECT at, key, action, whom, outcome FROM looks WHERE whom = ? ORDER BY seq
