-- 003_points.sql - devices, what they measure, and who may claim some.
--
-- Ids follow each other without gaps; rows are only added or changed, never removed, so that readings keep
-- their meaning. What is placed or bound anew is told to the audit log. Channels (series, field) are unique; the
-- program holds them in memory and checks that before it writes.

-- What the numbers of a channel mean. kernel, gap: the numbers of kernel.h.
CREATE TABLE profile (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    indicator INTEGER NOT NULL,
    unit INTEGER NOT NULL,
    kernel INTEGER NOT NULL,
    gap INTEGER NOT NULL,
    decimals INTEGER NOT NULL CHECK (decimals BETWEEN 0 AND 9),
    begins INTEGER NOT NULL,
    every_s INTEGER NOT NULL,
    max_gap_s INTEGER NOT NULL,
    rollover INTEGER NOT NULL,
    jitter INTEGER NOT NULL
) STRICT;

-- (place, profile, decimals): what is summed together.
CREATE TABLE slot (
    id INTEGER NOT NULL PRIMARY KEY,
    entity INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    decimals INTEGER NOT NULL,
    UNIQUE (entity, profile, decimals)
) STRICT;

-- entity: where it stands, 0 = nowhere yet.
CREATE TABLE device (
    id INTEGER NOT NULL PRIMARY KEY,
    entity INTEGER NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    note TEXT NOT NULL
) STRICT;
CREATE INDEX device_name ON device (name);

-- slot 0: unbound, its readings wait.
CREATE TABLE point (
    id INTEGER NOT NULL PRIMARY KEY,
    device INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    decimals INTEGER NOT NULL,
    series TEXT NOT NULL,
    field TEXT NOT NULL
) STRICT;
CREATE INDEX point_device ON point (device);
CREATE INDEX point_unbound ON point (id) WHERE slot = 0;

-- Whoever shows the key may add devices at the entity. Only the SHA-256 is kept.
CREATE TABLE claim_key (
    hash BLOB NOT NULL PRIMARY KEY,
    entity INTEGER NOT NULL,
    label TEXT NOT NULL,
    uses_left INTEGER NOT NULL,
    expires_us INTEGER NOT NULL,
    created_us INTEGER NOT NULL
) STRICT;
