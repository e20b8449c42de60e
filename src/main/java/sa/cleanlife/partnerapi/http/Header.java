package sa.cleanlife.partnerapi.http;

/** A response header. */
record Header(CharSequence name, CharSequence value) {}
