-- CONCURRENTLY goes alone, or Flyway runs none of this in a transaction.
CREATE INDEX CONCURRENTLY contact_created_at ON contact (created_at);
ALTER TABLE contact ADD COLUMN language text;
