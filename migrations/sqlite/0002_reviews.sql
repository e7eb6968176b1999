-- Reviews, kept as concerns are: in the same record, under the same seals, with deadlines and messages. An entry, a key and a
-- deadline belong to a subject, which is a concern or a review, and its number among those.

INSERT INTO counters (name, value) VALUES ('review', 0);

-- An index to the record, which can be rebuilt from it. It holds no free text.
CREATE TABLE reviews (
    number        BIGINT NOT NULL PRIMARY KEY,
    team          TEXT NOT NULL,
    protocol      TEXT NOT NULL,
    protocol_hash TEXT NOT NULL,
    recorded_by   TEXT NOT NULL,
    case_ref      TEXT NOT NULL,
    review_date   TEXT NOT NULL,
    rag           TEXT NOT NULL,
    is_open       BIGINT NOT NULL,
    recorded_at   BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    seq           BIGINT NOT NULL,
    state         TEXT NOT NULL
);
CREATE INDEX reviews_by_team ON reviews (team, review_date, number);
CREATE INDEX reviews_by_open ON reviews (is_open, number);

CREATE TABLE events_of_subjects (
    id        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    subject   TEXT NOT NULL,
    number    BIGINT NOT NULL,
    seq       BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    kind      TEXT NOT NULL,
    body      TEXT NOT NULL,
    sealed    TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash      TEXT NOT NULL,
    UNIQUE (subject, number, seq)
);
INSERT INTO events_of_subjects (id, subject, number, seq, at, actor, kind, body, sealed, prev_hash, hash)
    SELECT id, 'concern', concern, seq, at, actor, kind, body, sealed, prev_hash, hash FROM events ORDER BY id;
DROP TABLE events;
ALTER TABLE events_of_subjects RENAME TO events;
CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the record is append-only: an entry is never changed'); END;
CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the record is append-only: an entry is never removed'); END;

-- The key of each subject's free text, wrapped by the key file's key. Deleting a row erases the text for good.
CREATE TABLE text_keys (
    subject TEXT NOT NULL,
    number  BIGINT NOT NULL,
    wrapped TEXT NOT NULL,
    PRIMARY KEY (subject, number)
);
INSERT INTO text_keys (subject, number, wrapped) SELECT 'concern', concern, wrapped FROM concern_keys;
DROP TABLE concern_keys;

CREATE TABLE deadlines_of_subjects (
    id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    subject  TEXT NOT NULL,
    number   BIGINT NOT NULL,
    key      TEXT NOT NULL,
    kind     TEXT NOT NULL,
    due_at   BIGINT NOT NULL,
    next_at  BIGINT NOT NULL,
    done_at  BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    error    TEXT NOT NULL DEFAULT '',
    UNIQUE (subject, number, key)
);
INSERT INTO deadlines_of_subjects (id, subject, number, key, kind, due_at, next_at, done_at, attempts, error)
    SELECT id, 'concern', concern, key, kind, due_at, next_at, done_at, attempts, error FROM deadlines ORDER BY id;
DROP TABLE deadlines;
ALTER TABLE deadlines_of_subjects RENAME TO deadlines;
CREATE INDEX deadlines_due ON deadlines (next_at, id) WHERE done_at IS NULL;

-- What a message is about: a concern, a review, or neither.
ALTER TABLE messages ADD COLUMN review BIGINT;
CREATE INDEX messages_by_review ON messages (review, id) WHERE review IS NOT NULL;
