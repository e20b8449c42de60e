\set phone 966500000000 + random(0, 99999)
SELECT id, phone, name FROM contact WHERE phone = ANY (ARRAY['+' || :phone::text]);
