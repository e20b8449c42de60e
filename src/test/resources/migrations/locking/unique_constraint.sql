ALTER TABLE contact ADD CONSTRAINT contact_id_and_phone UNIQUE (id, phone);
