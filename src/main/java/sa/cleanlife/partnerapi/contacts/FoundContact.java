package sa.cleanlife.partnerapi.contacts;

/** The contact that has a phone, and whether this very request created it. */
record FoundContact(Contact contact, boolean isNew) {}
