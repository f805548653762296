-- 005_datasets.sql - tables for analysis that are no facts: input-output tables, lists of edges,
-- cost matrices. A dataset keeps the text of its CSV as it came; putting the name again adds a
-- revision, nothing is overwritten. What is read out of one belongs to its source (source.doc =
-- 'dataset:' and the name).
CREATE TABLE dataset (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    address TEXT NOT NULL, -- where it was published, or ''
    note TEXT NOT NULL,
    published INTEGER NOT NULL, -- day; that of model.h for "unknown"
    table_rows INTEGER NOT NULL,
    table_columns INTEGER NOT NULL,
    content TEXT NOT NULL, -- CSV, UTF-8
    batch INTEGER NOT NULL REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX dataset_name ON dataset (name, id);
