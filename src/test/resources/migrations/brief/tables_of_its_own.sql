CREATE TABLE address (
    id         uuid PRIMARY KEY,
    contact_id uuid NOT NULL REFERENCES contact (id)
);

CREATE INDEX address_contact_id ON address (contact_id);
