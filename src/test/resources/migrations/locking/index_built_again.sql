REINDEX INDEX contact_pkey;
