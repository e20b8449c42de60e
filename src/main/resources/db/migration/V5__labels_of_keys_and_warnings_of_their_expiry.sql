-- A name that operators give a key, and when the expiry of a key that is in use was last warned of. Nodes of the version
-- before leave both columns alone: they name the columns that they read and write.
--
-- Neither column has a default or a check, so that no table is read while it is locked.

ALTER TABLE api_key
    ADD COLUMN label text;

ALTER TABLE key_use
    -- When it was last said that this key expires soon, so that one node says it, once a day.
    ADD COLUMN expiry_warned_at timestamptz;
