UPDATE contact SET utm_source = lower(utm_source);
