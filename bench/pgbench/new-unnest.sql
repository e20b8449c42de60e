\set i :i + 1
\set phone 966520000000 + :client_id * 1000000 + :i
INSERT INTO contact (id, phone, name, utm_source, created_by_partner, created_by_key)
SELECT id, phone, name, utm_source, partner, key
  FROM unnest(ARRAY[gen_random_uuid()], ARRAY['+' || :phone::text], ARRAY['Ahmed Ali'], ARRAY[''],
              ARRAY['00000000-0000-4000-8000-000000000001'::uuid], ARRAY['00000000-0000-4000-8000-000000000002'::uuid])
       AS wanted (id, phone, name, utm_source, partner, key)
    ON CONFLICT DO NOTHING
RETURNING id, phone, name;
