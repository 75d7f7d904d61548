-- One row; the number grows whenever models are replaced, so that other processes notice.
CREATE TABLE models_version (version bigint NOT NULL);
INSERT INTO models_version VALUES (0);
