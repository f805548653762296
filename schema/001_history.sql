-- 001_history.sql - facts, the places they were said, and stored totals, for DuckDB.
--
-- One numbered step of the history's schema; once released it is never edited. The columns stand in
-- the order of the lists in src/store/history_duckdb.c. Numbers are integers throughout; days are
-- civil days at UTC+8, so DATE holds them as they are.
-- There are no keys or indexes: ids only grow, so min/max of each row group finds them, and the
-- store checks order and uniqueness before it writes.

-- One row "schema": the number of the newest step applied.
CREATE TABLE meta (key VARCHAR NOT NULL, value BIGINT NOT NULL);

CREATE TABLE fact (
    id UBIGINT NOT NULL, -- ascending
    entity UINTEGER NOT NULL,
    series UINTEGER NOT NULL,
    source UINTEGER NOT NULL,
    unit UINTEGER NOT NULL,
    batch UINTEGER NOT NULL,
    first DATE NOT NULL,
    last DATE NOT NULL,
    value BIGINT NOT NULL, -- 10^-scale base units of the series' dimension
    value_hi BIGINT NOT NULL,
    step BIGINT NOT NULL,
    decimals UTINYINT NOT NULL,
    qualifier UTINYINT NOT NULL,
    state UTINYINT NOT NULL,
    published DATE NOT NULL,
    recorded_us BIGINT NOT NULL
);

-- Every batch that was appended: tells a whole one from one that never came (store.c).
CREATE TABLE batch (id UINTEGER NOT NULL);

CREATE TABLE trace (
    seq UBIGINT NOT NULL, -- order of arrival
    fact UBIGINT NOT NULL,
    source UINTEGER NOT NULL,
    start_at INTEGER NOT NULL, -- code points, half open; -1 = no span
    end_at INTEGER NOT NULL,
    text VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    file VARCHAR NOT NULL,
    line UINTEGER NOT NULL,
    note VARCHAR NOT NULL
);

CREATE TABLE cell (
    grouping_id UINTEGER NOT NULL,
    entity UINTEGER NOT NULL,
    series UINTEGER NOT NULL,
    first DATE NOT NULL,
    last DATE NOT NULL,
    sum HUGEINT NOT NULL,
    have UINTEGER NOT NULL
);
