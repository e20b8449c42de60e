package sa.cleanlife.peer;

import java.util.UUID;

/** A contact in a response. */
public record FoundContact(UUID id, String name, String phone, boolean isNewContact) {
    static FoundContact of(Contact contact, boolean isNew) {
        return new FoundContact(contact.getId(), contact.getName(), contact.getPhone(), isNew);
    }
}
