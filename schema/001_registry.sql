-- 001_registry.sql - names, memberships, sources, batches, settings, tokens and audit.
--
-- One numbered step of the registry's schema; once released it is never edited, a change is the next
-- number. The text keeps to what SQLite and PostgreSQL both read, but for STRICT and BLOB.
-- Ids are those of the model. Days are counted from 1970-01-01 at UTC+8, times are microseconds UTC.
-- Words (kind, measure, ...) are the numbers of model.h, where new words go to the end.
-- `batch` is the batch that wrote a row. X_old keeps what was replaced, with the batch that did it.
-- Foreign keys wait for the commit, so the rows of a batch may be written in any order.

-- One acknowledged unit of work. state 0 = open (the history may not have it), 1 = done.
CREATE TABLE batch (
    id INTEGER NOT NULL PRIMARY KEY,
    state INTEGER NOT NULL CHECK (state IN (0, 1)),
    origin TEXT NOT NULL, -- file name, "api", node
    actor TEXT NOT NULL,  -- token label, "cli"
    facts INTEGER NOT NULL CHECK (facts >= 0), -- how many the history must hold
    recorded_us INTEGER NOT NULL
) STRICT;
INSERT INTO batch VALUES (0, 1, 'catalog', '', 0, 0); -- the owner of the catalogue's rows

-- What is measured: money, energy, people. Values are integers, 10^-scale of the base unit.
CREATE TABLE dimension (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    base TEXT NOT NULL,
    scale INTEGER NOT NULL,
    exact_count INTEGER NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE dimension_old (
    id INTEGER NOT NULL, name TEXT NOT NULL, base TEXT NOT NULL, scale INTEGER NOT NULL,
    exact_count INTEGER NOT NULL, batch INTEGER NOT NULL, replaced_by INTEGER NOT NULL
) STRICT;

-- 1 unit = num/den base units.
CREATE TABLE unit (
    id INTEGER NOT NULL PRIMARY KEY,
    dimension INTEGER NOT NULL REFERENCES dimension (id) DEFERRABLE INITIALLY DEFERRED,
    symbol TEXT NOT NULL UNIQUE,
    en TEXT NOT NULL,
    num INTEGER NOT NULL,
    den INTEGER NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE unit_old (
    id INTEGER NOT NULL, dimension INTEGER NOT NULL, symbol TEXT NOT NULL, en TEXT NOT NULL,
    num INTEGER NOT NULL, den INTEGER NOT NULL, batch INTEGER NOT NULL, replaced_by INTEGER NOT NULL
) STRICT;
CREATE TABLE unit_alias (
    seq INTEGER NOT NULL PRIMARY KEY, -- order of arrival
    owner INTEGER NOT NULL REFERENCES unit (id) DEFERRABLE INITIALLY DEFERRED,
    alias TEXT NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (owner, alias)
) STRICT;

-- What is told of an entity: output, profit, employees. unit 0 = none.
CREATE TABLE indicator (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    unit INTEGER NOT NULL,
    measure INTEGER NOT NULL,
    over_entities INTEGER NOT NULL,
    over_time INTEGER NOT NULL,
    formula TEXT NOT NULL,
    provisional INTEGER NOT NULL,
    source TEXT NOT NULL, -- catalogue file and edition, or the file that named it
    batch INTEGER NOT NULL REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE indicator_old (
    id INTEGER NOT NULL, name TEXT NOT NULL, unit INTEGER NOT NULL, measure INTEGER NOT NULL,
    over_entities INTEGER NOT NULL, over_time INTEGER NOT NULL, formula TEXT NOT NULL,
    provisional INTEGER NOT NULL, source TEXT NOT NULL,
    batch INTEGER NOT NULL, replaced_by INTEGER NOT NULL
) STRICT;
CREATE TABLE indicator_alias (
    seq INTEGER NOT NULL PRIMARY KEY,
    owner INTEGER NOT NULL REFERENCES indicator (id) DEFERRABLE INITIALLY DEFERRED,
    alias TEXT NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (owner, alias)
) STRICT;

-- What is said about an indicator: level or growth, compared with what, actual or target.
CREATE TABLE series (
    id INTEGER NOT NULL PRIMARY KEY,
    indicator INTEGER NOT NULL REFERENCES indicator (id) DEFERRABLE INITIALLY DEFERRED,
    dimension INTEGER NOT NULL REFERENCES dimension (id) DEFERRABLE INITIALLY DEFERRED,
    kind INTEGER NOT NULL,
    modality INTEGER NOT NULL,
    comparison TEXT NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (indicator, kind, comparison, modality)
) STRICT;
CREATE INDEX series_dimension ON series (dimension);
CREATE TABLE series_old (
    id INTEGER NOT NULL, indicator INTEGER NOT NULL, dimension INTEGER NOT NULL,
    kind INTEGER NOT NULL, modality INTEGER NOT NULL, comparison TEXT NOT NULL,
    batch INTEGER NOT NULL, replaced_by INTEGER NOT NULL
) STRICT;

-- Places, firms, chains, parks, and lines of tables. Names may repeat.
CREATE TABLE entity (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    code TEXT NOT NULL,
    scope TEXT NOT NULL, -- table within which the name holds, or ''
    note TEXT NOT NULL,
    provisional INTEGER NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE entity_old (
    id INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, code TEXT NOT NULL,
    scope TEXT NOT NULL, note TEXT NOT NULL, provisional INTEGER NOT NULL,
    batch INTEGER NOT NULL, replaced_by INTEGER NOT NULL
) STRICT;
CREATE TABLE entity_alias (
    seq INTEGER NOT NULL PRIMARY KEY,
    owner INTEGER NOT NULL REFERENCES entity (id) DEFERRABLE INITIALLY DEFERRED,
    alias TEXT NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (owner, alias)
) STRICT;

-- A way of dividing entities: districts, sectors, chains, the lines of one table.
CREATE TABLE grouping (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    alias TEXT NOT NULL,
    scope TEXT NOT NULL,
    kind INTEGER NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (scope, name)
) STRICT;
CREATE TABLE grouping_old (
    id INTEGER NOT NULL, name TEXT NOT NULL, alias TEXT NOT NULL, scope TEXT NOT NULL,
    kind INTEGER NOT NULL, batch INTEGER NOT NULL, replaced_by INTEGER NOT NULL
) STRICT;

-- child belongs to parent with ppm millionths, from the first to the last day. source 0 = catalogue.
CREATE TABLE membership (
    id INTEGER NOT NULL PRIMARY KEY,
    grouping_id INTEGER NOT NULL REFERENCES grouping (id) DEFERRABLE INITIALLY DEFERRED,
    child INTEGER NOT NULL REFERENCES entity (id) DEFERRABLE INITIALLY DEFERRED,
    parent INTEGER NOT NULL REFERENCES entity (id) DEFERRABLE INITIALLY DEFERRED,
    ppm INTEGER NOT NULL,
    from_day INTEGER NOT NULL,
    to_day INTEGER NOT NULL,
    source INTEGER NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
-- Taking an entity back asks who refers to it.
CREATE INDEX membership_grouping ON membership (grouping_id);
CREATE INDEX membership_child ON membership (child);
CREATE INDEX membership_parent ON membership (parent);
CREATE TABLE membership_old (
    id INTEGER NOT NULL, grouping_id INTEGER NOT NULL, child INTEGER NOT NULL,
    parent INTEGER NOT NULL, ppm INTEGER NOT NULL, from_day INTEGER NOT NULL,
    to_day INTEGER NOT NULL, source INTEGER NOT NULL,
    batch INTEGER NOT NULL, replaced_by INTEGER NOT NULL
) STRICT;

-- Documents and tables from which facts come.
CREATE TABLE source (
    id INTEGER NOT NULL PRIMARY KEY,
    doc TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    publisher TEXT NOT NULL,
    address TEXT NOT NULL,
    frame TEXT NOT NULL,
    subject TEXT NOT NULL,
    note TEXT NOT NULL,
    published INTEGER NOT NULL,
    published_text TEXT NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE source_old (
    id INTEGER NOT NULL, doc TEXT NOT NULL, title TEXT NOT NULL, publisher TEXT NOT NULL,
    address TEXT NOT NULL, frame TEXT NOT NULL, subject TEXT NOT NULL, note TEXT NOT NULL,
    published INTEGER NOT NULL, published_text TEXT NOT NULL,
    batch INTEGER NOT NULL, replaced_by INTEGER NOT NULL
) STRICT;

-- Words of the workspace: region, edition of the catalogue, ...
CREATE TABLE setting (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- Who may come in. Only the SHA-256 of a token is kept; 256 random bits need no slow hash.
CREATE TABLE token (
    hash BLOB NOT NULL PRIMARY KEY,
    label TEXT NOT NULL,
    rights TEXT NOT NULL CHECK (rights IN ('read', 'write', 'admin')),
    created_us INTEGER NOT NULL,
    revoked_us INTEGER -- NULL = live
) STRICT;

-- What was done and by whom. hash = SHA-256 of prev and the row's own fields; prev = hash of the
-- row before, 32 zero bytes for the first. Ids have no gaps.
CREATE TABLE audit (
    id INTEGER NOT NULL PRIMARY KEY,
    at_us INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL,
    prev BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
