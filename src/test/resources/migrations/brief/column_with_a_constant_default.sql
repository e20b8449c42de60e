ALTER TABLE contact ADD COLUMN language text NOT NULL DEFAULT 'ar';
