-- In which version of the catalogue each product was last put, and when one was last deleted, so that other processes need not read all of it again.
ALTER TABLE products ADD COLUMN version bigint NOT NULL DEFAULT 0;
CREATE INDEX products_by_version ON products (version);
ALTER TABLE catalog_version ADD COLUMN deleted bigint NOT NULL DEFAULT 0;
