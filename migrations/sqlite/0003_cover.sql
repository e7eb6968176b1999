-- Who covers for whom: entries are added, never changed, each with the hash of the one before. A cover's number is that of the
-- entry that set it; it ends by another entry.

CREATE TABLE covers (
    seq       BIGINT NOT NULL PRIMARY KEY,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    kind      TEXT NOT NULL,
    body      TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash      TEXT NOT NULL
);
CREATE TRIGGER covers_are_not_changed BEFORE UPDATE ON covers
BEGIN SELECT RAISE(ABORT, 'the record is append-only: a cover is never changed'); END;
CREATE TRIGGER covers_are_not_removed BEFORE DELETE ON covers
BEGIN SELECT RAISE(ABORT, 'the record is append-only: a cover is never removed'); END;

-- How many entries there are, so that the last ones cannot go unseen.
INSERT INTO counters (name, value) VALUES ('cover', 0);
-- How many of them a day's anchor stands for.
ALTER TABLE anchors ADD COLUMN covers BIGINT NOT NULL DEFAULT 0;

-- Whose home is kept current, and a hash of what it last showed.
CREATE TABLE homes (
    person    TEXT NOT NULL PRIMARY KEY,
    opened_at BIGINT NOT NULL,
    shown     TEXT NOT NULL DEFAULT ''
);
