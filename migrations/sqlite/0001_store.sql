-- The first shape of the store. Times are milliseconds UTC. Only `events.sealed` and `concern_keys` bear on what people wrote,
-- and neither holds it in the clear.

PRAGMA application_id = 1280266066; -- "LOSR": tells a Lodestar store from any other SQLite file

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE counters (
    name  TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('concern', 0);

-- Every protocol version ever used, by the hash of its source.
CREATE TABLE protocols (
    hash   TEXT NOT NULL PRIMARY KEY,
    id     TEXT NOT NULL,
    source TEXT NOT NULL
);

-- An index to the record, which can be rebuilt from it. It holds no free text.
CREATE TABLE concerns (
    number        BIGINT NOT NULL PRIMARY KEY,
    team          TEXT NOT NULL,
    protocol      TEXT NOT NULL,
    protocol_hash TEXT NOT NULL,
    route         TEXT NOT NULL,
    raiser        TEXT NOT NULL,
    case_ref      TEXT NOT NULL,
    category      TEXT NOT NULL,
    step          TEXT NOT NULL,
    is_open       BIGINT NOT NULL,
    raised_at     BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    seq           BIGINT NOT NULL,
    state         TEXT NOT NULL
);
CREATE INDEX concerns_by_raiser ON concerns (raiser, is_open, number);
CREATE INDEX concerns_by_team ON concerns (team, is_open, number);
CREATE INDEX concerns_by_case ON concerns (case_ref, category, is_open, number);
CREATE INDEX concerns_by_open ON concerns (is_open, protocol_hash);

-- The record. `id` is the order in which entries were written, across concerns.
CREATE TABLE events (
    id        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    concern   BIGINT NOT NULL,
    seq       BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    kind      TEXT NOT NULL,
    body      TEXT NOT NULL,
    sealed    TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash      TEXT NOT NULL,
    UNIQUE (concern, seq)
);
CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the record is append-only: an entry is never changed'); END;
CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the record is append-only: an entry is never removed'); END;

-- The key of each concern's free text, wrapped by the key file's key. Deleting a row erases the text for good.
CREATE TABLE concern_keys (
    concern BIGINT NOT NULL PRIMARY KEY,
    wrapped TEXT NOT NULL
);

-- Once a council day: a hash over the last entry of every concern, up to the entry `upto`.
CREATE TABLE anchors (
    seq       BIGINT NOT NULL PRIMARY KEY,
    day       TEXT NOT NULL UNIQUE,
    at        BIGINT NOT NULL,
    upto      BIGINT NOT NULL,
    concerns  BIGINT NOT NULL,
    heads     TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash      TEXT NOT NULL
);
CREATE TRIGGER anchors_are_not_changed BEFORE UPDATE ON anchors
BEGIN SELECT RAISE(ABORT, 'the record is append-only: an anchor is never changed'); END;
CREATE TRIGGER anchors_are_not_removed BEFORE DELETE ON anchors
BEGIN SELECT RAISE(ABORT, 'the record is append-only: an anchor is never removed'); END;

-- `due_at` is when it falls due; `next_at` is when it is next looked at, later than `due_at` only after a failure.
CREATE TABLE deadlines (
    id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    concern  BIGINT NOT NULL,
    key      TEXT NOT NULL,
    kind     TEXT NOT NULL,
    due_at   BIGINT NOT NULL,
    next_at  BIGINT NOT NULL,
    done_at  BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    error    TEXT NOT NULL DEFAULT '',
    UNIQUE (concern, key)
);
CREATE INDEX deadlines_due ON deadlines (next_at, id) WHERE done_at IS NULL;

-- One row a message the bot meant to send. It waits to be sent while `sent` is behind `wanted`; the first version is a post,
-- every later one an edit of it.
CREATE TABLE messages (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    delivery   TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    concern    BIGINT,
    step       TEXT NOT NULL,
    dest       TEXT NOT NULL,
    recipient  TEXT NOT NULL,
    payload    TEXT NOT NULL,
    priority   BIGINT NOT NULL,
    state      TEXT NOT NULL,
    wanted     BIGINT NOT NULL,
    sent       BIGINT NOT NULL,
    wanted_at  BIGINT NOT NULL,
    leased_at  BIGINT,
    attempts   BIGINT NOT NULL DEFAULT 0,
    not_before BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    sent_at    BIGINT,
    channel    TEXT,
    ts         TEXT,
    body_hash  TEXT NOT NULL DEFAULT '',
    last_error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX messages_waiting ON messages (dest, priority, id) WHERE state = 'live' AND sent < wanted;
CREATE INDEX messages_leased ON messages (id) WHERE leased_at IS NOT NULL;
CREATE INDEX messages_by_concern ON messages (concern, id);
CREATE INDEX messages_by_place ON messages (channel, ts) WHERE ts IS NOT NULL;
CREATE INDEX messages_by_dest ON messages (dest, kind, id);

-- Payloads already acted on, so that one that is delivered again changes nothing.
CREATE TABLE seen (
    key   TEXT NOT NULL PRIMARY KEY,
    at    BIGINT NOT NULL,
    reply TEXT NOT NULL DEFAULT ''
);
CREATE INDEX seen_by_age ON seen (at);

CREATE TABLE digests (
    team TEXT NOT NULL,
    day  TEXT NOT NULL,
    at   BIGINT NOT NULL,
    PRIMARY KEY (team, day)
);
