\set i :i + 1
\set phone 966520000000 + :client_id * 1000000 + :i
INSERT INTO contact (id, phone, name, utm_source, created_by_partner, created_by_key)
VALUES (gen_random_uuid(), '+' || :phone::text, 'Ahmed Ali', '', '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002')
    ON CONFLICT DO NOTHING
RETURNING id, phone, name;
