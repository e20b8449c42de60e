ALTER TABLE contact DROP CONSTRAINT contact_phone_key;
