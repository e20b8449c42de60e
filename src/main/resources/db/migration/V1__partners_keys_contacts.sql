-- Partners and their keys belong to access, contacts to contacts: no table refers to another feature's.

CREATE TABLE partner (
    id         uuid PRIMARY KEY,
    name       text        NOT NULL UNIQUE,
    status     text        NOT NULL CHECK (status IN ('ACTIVE', 'SUSPENDED', 'INACTIVE')),
    created_at timestamptz NOT NULL
);

CREATE TABLE api_key (
    id          uuid PRIMARY KEY,
    partner_id  uuid        NOT NULL REFERENCES partner (id),
    hash        bytea       NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    prefix      text        NOT NULL CHECK (prefix IN ('pk_live_', 'pk_sandbox_')),
    last_four   text        NOT NULL CHECK (length(last_four) = 4),
    permissions text[]      NOT NULL CHECK (cardinality(permissions) > 0),
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz,
    revoked_at  timestamptz
);

CREATE INDEX api_key_partner_id ON api_key (partner_id);

-- One row. Every change of partners and keys gives it a new version, in its own transaction, so that each server node sees
-- with one cheap query whether what it holds in memory is still true. Random, since a counter that a restored backup has
-- set back would come to numbers again that nodes know.
CREATE TABLE access_version (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version  uuid NOT NULL
);

INSERT INTO access_version (version) VALUES (gen_random_uuid());

-- One row per phone, ever: the unique index is the guarantee, whoever races. The C collation sorts as the server does.
CREATE TABLE contact (
    id                 uuid PRIMARY KEY,
    phone              text COLLATE "C" NOT NULL UNIQUE CHECK (phone ~ '^\+966[1-9][0-9]{6,11}$'),
    name               text             NOT NULL,
    utm_source         text             NOT NULL,
    created_at         timestamptz      NOT NULL DEFAULT now(),
    -- No foreign keys: locking the partner's and the key's row for every new contact would make creators wait in line.
    created_by_partner uuid             NOT NULL,
    created_by_key     uuid             NOT NULL
);
