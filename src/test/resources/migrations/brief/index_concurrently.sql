-- Builds an index while the table is written to.
CREATE INDEX CONCURRENTLY contact_created_at
    ON contact (created_at);
