-- Validating the foreign key reads both tables.
ALTER TABLE new_contact_window ADD CONSTRAINT new_contact_window_key_id FOREIGN KEY (key_id) REFERENCES api_key (id);
