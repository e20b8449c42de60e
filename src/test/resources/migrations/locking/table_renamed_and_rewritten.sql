ALTER TABLE contact ALTER COLUMN utm_source TYPE varchar(100);
ALTER TABLE contact RENAME TO customer;
