package sa.cleanlife.partnerapi.contacts;

import java.util.UUID;

/** What a partner asks for: whoever has this phone, or else a new contact with this name. */
record WantedContact(PhoneNumber phone, String name, String utmSource, UUID partner, UUID key) {
    @Override
    public String toString() {
        return "WantedContact(hidden)";
    }
}
