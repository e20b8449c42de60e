package sa.cleanlife.partnerapi.contacts;

import java.util.UUID;

/** A person a partner books for. It belongs to the platform, not to a partner: one per phone for all of them. */
record Contact(UUID id, PhoneNumber phone, String name) {
    /** Names and phones are personal data, which no log may show. */
    @Override
    public String toString() {
        return "Contact(" + id + ")";
    }
}
