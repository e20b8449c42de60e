-- The limits and lists of keys and partners, what keys have used, and who changed what. All of it belongs to access and
-- usage. Nodes of the version before leave the new columns alone, and do not keep what they say.

ALTER TABLE partner
    ADD COLUMN domains         text[]  NOT NULL DEFAULT '{}',
    ADD COLUMN sandbox_domains text[]  NOT NULL DEFAULT '{}',
    ADD COLUMN sandbox_access  boolean NOT NULL DEFAULT false;

ALTER TABLE api_key
    -- Empty: from any address.
    ADD COLUMN allowed_addresses      cidr[] NOT NULL DEFAULT '{}',
    ADD COLUMN rate_limit             integer CHECK (rate_limit > 0),
    ADD COLUMN new_contacts_per_day   integer CHECK (new_contacts_per_day > 0),
    ADD COLUMN successor_id           uuid REFERENCES api_key (id),
    ADD COLUMN last_used_at           timestamptz,
    -- When it was last said that this key creates conspicuously many contacts, so that one node says it, once a day.
    ADD COLUMN new_contacts_warned_at timestamptz;

-- One row per key with a rate limit: which shares of the last minute the nodes have taken, and when. One row, so that its
-- lock decides between nodes in a single statement. Unlogged: a share must be quick to take, and a crash of the database
-- forgets one minute.
CREATE UNLOGGED TABLE rate_window (
    key_id   uuid PRIMARY KEY,
    taken_at timestamptz[] NOT NULL,
    taken    integer[]     NOT NULL
);

-- How many calls a key made on a day in Riyadh.
CREATE TABLE key_day (
    key_id uuid   NOT NULL REFERENCES api_key (id),
    day    date   NOT NULL,
    calls  bigint NOT NULL,
    PRIMARY KEY (key_id, day)
);

-- How many contacts a key created, by the five minutes that begin at slot. Those of the last two days are kept.
CREATE TABLE new_contacts (
    key_id   uuid        NOT NULL REFERENCES api_key (id),
    slot     timestamptz NOT NULL,
    contacts integer     NOT NULL,
    PRIMARY KEY (key_id, slot)
);

-- Every change that an operator made. Only what changed is in before and after; what was added has no before.
CREATE TABLE audit (
    id      uuid PRIMARY KEY,
    at      timestamptz NOT NULL,
    who     text        NOT NULL,
    what    text        NOT NULL,
    partner text        NOT NULL,
    key_id  uuid,
    before  jsonb,
    after   jsonb       NOT NULL
);

CREATE INDEX audit_at ON audit (at);

CREATE FUNCTION refuse_to_edit_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of audit are never changed';
END;
$$;

CREATE TRIGGER audit_is_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_edit_audit();
