package sa.cleanlife.peer;

import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;

/** Finds or creates contacts. It has no transaction of its own: each repository method has the one that it needs. */
@Service
public class ContactService {
    private final ContactRepository contacts;

    public ContactService(ContactRepository contacts) {
        this.contacts = contacts;
    }

    public FoundContact findOrCreate(String phone, String name, String utmSource, ActiveKey creator) {
        return contacts.findByPhone(phone)
                .map(found -> FoundContact.of(found, false))
                .orElseGet(() -> create(new Contact(phone, name, utmSource, creator.partnerId(), creator.keyId())));
    }

    private FoundContact create(Contact contact) {
        try {
            return FoundContact.of(contacts.save(contact), true);
        } catch (DataIntegrityViolationException lostTheRace) {
            return contacts.findByPhone(contact.getPhone())
                    .map(found -> FoundContact.of(found, false))
                    .orElseThrow(() -> lostTheRace);
        }
    }

    public Optional<FoundContact> find(UUID id) {
        return contacts.findById(id).map(found -> FoundContact.of(found, false));
    }
}
