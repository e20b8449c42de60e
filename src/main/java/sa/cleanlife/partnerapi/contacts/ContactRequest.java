package sa.cleanlife.partnerapi.contacts;

import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request to find the contact with this phone, or else to create it with this name. It is used for one call of {@link
 * Contacts}, since its id tells whether that call created the contact.
 */
final class ContactRequest {
    private final PhoneNumber phone;
    private final String name;
    private final String utmSource;
    private final UUID partner;
    private final UUID key;
    private @Nullable UUID id;

    ContactRequest(PhoneNumber phone, String name, String utmSource, UUID partner, UUID key) {
        this.phone = phone;
        this.name = name;
        this.utmSource = utmSource;
        this.partner = partner;
        this.key = key;
    }

    PhoneNumber phone() {
        return phone;
    }

    String name() {
        return name;
    }

    String utmSource() {
        return utmSource;
    }

    UUID partner() {
        return partner;
    }

    UUID key() {
        return key;
    }

    /**
     * The id of the contact that this request would create. It is made when first needed and stays the same on every
     * retry, since an earlier insert may have been committed although its response was lost.
     */
    UUID id(Supplier<UUID> ids) {
        if (id == null) {
            id = ids.get();
        }
        return id;
    }

    boolean hasCreated(Contact contact) {
        return contact.id().equals(id);
    }

    /** Names and phones are personal data, which no log may show. */
    @Override
    public String toString() {
        return "ContactRequest(hidden)";
    }
}
