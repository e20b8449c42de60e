ALTER TABLE contact ADD CONSTRAINT contact_name_is_not_empty CHECK (name <> '');
