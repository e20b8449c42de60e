CREATE INDEX contact_created_at ON contact (created_at);
