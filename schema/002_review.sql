-- 002_review.sql - documents as they were read: the original, what was known of it, and every claim.
--
-- One numbered step of the registry's schema; once released it is never edited. Nothing here is ever
-- changed in place: a document's bytes are kept as they came, a later reading is one more row of
-- document_reading, a decision on a claim one more row of claim. The row with the greatest seq holds.
-- Offsets are code points of the decoded original, half open, as in the history's trace.

-- bytes: the original, untouched. sha256 is of these bytes.
CREATE TABLE document (
    id INTEGER NOT NULL PRIMARY KEY,
    source INTEGER NOT NULL UNIQUE REFERENCES source (id) DEFERRABLE INITIALLY DEFERRED,
    sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
    bytes BLOB NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

-- What was given by whoever had it read (given_*), and what was then used, given or inferred.
CREATE TABLE document_reading (
    seq INTEGER NOT NULL PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES document (id) DEFERRABLE INITIALLY DEFERRED,
    given_date TEXT NOT NULL,
    given_frame TEXT NOT NULL,
    given_subject TEXT NOT NULL,
    date TEXT NOT NULL,
    frame TEXT NOT NULL,
    subject TEXT NOT NULL,
    encoding TEXT NOT NULL,
    noise TEXT NOT NULL, -- "start end class;…": numbers of the text that are no claims
    actor TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX document_reading_document ON document_reading (document);

-- What a span of a document says, version by version. state 0 = filed, 1 = queued, 2 = rejected,
-- 3 = merged (says the same as another fact). Words are as read or as corrected, before they are
-- bound to ids, so that they can be bound again when the workspace has learned more.
CREATE TABLE claim (
    seq INTEGER NOT NULL PRIMARY KEY, -- order of arrival
    id INTEGER NOT NULL,              -- of the claim: the seq of its first version
    document INTEGER NOT NULL REFERENCES document (id) DEFERRABLE INITIALLY DEFERRED,
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    nth INTEGER NOT NULL, -- of the claims of one span
    text TEXT NOT NULL,   -- the span as printed
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
    reason TEXT NOT NULL, -- why it is queued
    subject TEXT NOT NULL,
    indicator TEXT NOT NULL,
    kind INTEGER NOT NULL,
    qualifier INTEGER NOT NULL,
    modality INTEGER NOT NULL,
    value TEXT NOT NULL,
    value_hi TEXT NOT NULL,
    unit TEXT NOT NULL,
    period TEXT NOT NULL,
    comparison TEXT NOT NULL,
    fact INTEGER NOT NULL, -- of the history: filed as, or merged into; 0 = none
    action TEXT NOT NULL,  -- read, correct, reject, merge, accept, teach, restate
    note TEXT NOT NULL,
    actor TEXT NOT NULL, -- "" = the reader itself
    at_us INTEGER NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX claim_id ON claim (id);
CREATE INDEX claim_document ON claim (document);
