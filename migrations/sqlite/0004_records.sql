-- One index for reviews and for whatever is kept like them: a sort of record and its number. It can be rebuilt from the record,
-- and holds no free text. A message names what it is about in the same two columns.

INSERT INTO counters (name, value) VALUES ('notice', 0);

-- `day` is the council-local day it is about, `mark` what it is told apart by in lists: a review's rating, a notice's sort.
-- `case_ref` is empty where it is about no one case.
CREATE TABLE records (
    subject       TEXT NOT NULL,
    number        BIGINT NOT NULL,
    team          TEXT NOT NULL,
    protocol      TEXT NOT NULL,
    protocol_hash TEXT NOT NULL,
    recorded_by   TEXT NOT NULL,
    case_ref      TEXT NOT NULL,
    day           TEXT NOT NULL,
    mark          TEXT NOT NULL,
    is_open       BIGINT NOT NULL,
    recorded_at   BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    seq           BIGINT NOT NULL,
    state         TEXT NOT NULL,
    PRIMARY KEY (subject, number)
);
INSERT INTO records (subject, number, team, protocol, protocol_hash, recorded_by, case_ref, day, mark, is_open, recorded_at,
        updated_at, seq, state)
    SELECT 'review', number, team, protocol, protocol_hash, recorded_by, case_ref, review_date, rag, is_open, recorded_at,
        updated_at, seq, state FROM reviews;
DROP TABLE reviews;
CREATE INDEX records_by_recorder ON records (recorded_by, subject, is_open, number);
CREATE INDEX records_by_team ON records (team, subject, is_open, number);
CREATE INDEX records_by_case ON records (case_ref, subject, is_open, number);
CREATE INDEX records_by_day ON records (subject, day, number);
CREATE INDEX records_by_open ON records (is_open, subject, number);

ALTER TABLE messages ADD COLUMN subject TEXT;
ALTER TABLE messages ADD COLUMN number BIGINT;
UPDATE messages SET subject = 'concern', number = concern WHERE concern IS NOT NULL;
UPDATE messages SET subject = 'review', number = review WHERE review IS NOT NULL;
DROP INDEX messages_by_concern;
DROP INDEX messages_by_review;
ALTER TABLE messages DROP COLUMN concern;
ALTER TABLE messages DROP COLUMN review;
CREATE INDEX messages_by_subject ON messages (subject, number, id) WHERE subject IS NOT NULL;
