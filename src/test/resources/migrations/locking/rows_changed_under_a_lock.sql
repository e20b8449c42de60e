ALTER TABLE contact ADD COLUMN language text;
UPDATE contact SET language = 'ar';
