-- With a CONCURRENTLY statement in it, Flyway runs the whole script without a transaction.
CREATE INDEX CONCURRENTLY contact_created_at ON contact (created_at);
ALTER TABLE contact ADD COLUMN language text;
