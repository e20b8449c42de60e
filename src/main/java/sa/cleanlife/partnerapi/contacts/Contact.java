package sa.cleanlife.partnerapi.contacts;

import java.util.UUID;

/**
 * A person whom a partner books for. Contacts belong to the platform, not to a partner: there is one per phone for all
 * partners.
 */
record Contact(UUID id, PhoneNumber phone, String name) {
    /** Names and phones are personal data, which no log may show. */
    @Override
    public String toString() {
        return "Contact(" + id + ")";
    }
}
