-- An index of a table that is written to.
CREATE INDEX CONCURRENTLY contact_created_at
    ON contact (created_at);
