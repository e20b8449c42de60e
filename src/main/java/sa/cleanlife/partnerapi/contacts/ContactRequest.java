package sa.cleanlife.partnerapi.contacts;

import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sa.cleanlife.partnerapi.contacts.ContactStore.NewContact;

/**
 * One request to find or create a contact. The id that it would create it with is made when first needed and stays the
 * same, however often the database is asked: an earlier insert of it may have been committed without anybody knowing.
 */
final class ContactRequest {
    private final WantedContact wanted;
    private @Nullable NewContact creation;

    ContactRequest(WantedContact wanted) {
        this.wanted = wanted;
    }

    PhoneNumber phone() {
        return wanted.phone();
    }

    NewContact creation(Supplier<UUID> ids) {
        if (creation == null) {
            creation = new NewContact(ids.get(), wanted);
        }
        return creation;
    }

    boolean hasCreated(Contact contact) {
        return creation != null && creation.id().equals(contact.id());
    }
}
