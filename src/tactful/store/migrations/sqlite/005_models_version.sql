-- One row; the number grows whenever models are replaced, so that other processes notice.
CREATE TABLE models_version (version INTEGER NOT NULL) STRICT;
INSERT INTO models_version VALUES (0);
