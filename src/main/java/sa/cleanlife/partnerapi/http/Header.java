package sa.cleanlife.partnerapi.http;

/** A header of an answer. */
record Header(CharSequence name, CharSequence value) {}
