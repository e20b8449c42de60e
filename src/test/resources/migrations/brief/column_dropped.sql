ALTER TABLE contact DROP COLUMN utm_source;
