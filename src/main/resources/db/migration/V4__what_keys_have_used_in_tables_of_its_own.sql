-- What a key has used moves out of api_key: access keeps here when a key was last used, contacts how many contacts each key
-- has created. So every table is written by one feature, and no count waits for a change of its key.
--
-- Neither table has a foreign key to api_key: making one would lock api_key against changes.
--
-- Nodes of the version before go on reading and writing api_key.last_used_at, api_key.new_contacts_warned_at and the table
-- new_contacts. A migration may drop them once no such node runs any more.

CREATE TABLE key_use (
    key_id       uuid PRIMARY KEY,
    last_used_at timestamptz NOT NULL
);

INSERT INTO key_use (key_id, last_used_at)
SELECT id, last_used_at
  FROM api_key
 WHERE last_used_at IS NOT NULL;

-- How many contacts a key created, by the five minutes that begin at each of slots; those of the last day are kept. All of
-- a key's slots are one row, so that its lock decides between nodes in a single statement.
CREATE TABLE new_contact_window (
    key_id    uuid PRIMARY KEY,
    slots     timestamptz[] NOT NULL,
    contacts  integer[]     NOT NULL,
    -- When it was last said that this key creates conspicuously many contacts, so that one node says it, once a day.
    warned_at timestamptz
);

INSERT INTO new_contact_window (key_id, slots, contacts, warned_at)
SELECT n.key_id, array_agg(n.slot ORDER BY n.slot), array_agg(n.contacts ORDER BY n.slot), max(k.new_contacts_warned_at)
  FROM new_contacts n
  JOIN api_key k ON k.id = n.key_id
 GROUP BY n.key_id;
