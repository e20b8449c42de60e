package sa.cleanlife.partnerapi.contacts;

import static sa.cleanlife.partnerapi.access.Permission.PARTNER_CONTACTS_READ;

import io.vertx.core.Future;
import sa.cleanlife.partnerapi.http.Api;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.Request;
import sa.cleanlife.partnerapi.http.json.Sentence;

/** Contacts over HTTP: find or create by phone, and read by id. */
public final class ContactRoutes {
    private static final Sentence NO_CONTACT =
            new Sentence("There is no contact with this id.", "لا توجد جهة اتصال بهذا المعرّف.");

    private final Contacts contacts;

    public ContactRoutes(Contacts contacts) {
        this.contacts = contacts;
    }

    public void addTo(Api api) {
        api.post("/v1/partners/contacts", PARTNER_CONTACTS_READ, this::findOrCreate);
        api.get("/v1/partners/contacts/{contactId}", PARTNER_CONTACTS_READ, this::read);
    }

    private Future<ContactJson> findOrCreate(Request request) {
        return contacts.findOrCreate(ContactJson.read(request)).map(ContactJson::new);
    }

    private Future<ContactJson> read(Request request) {
        return contacts.find(request.uuid("contactId"))
                .map(found -> found.map(contact -> new ContactJson(new FoundContact(contact, false)))
                        .orElseThrow(() -> ErrorCode.RESOURCE_NOT_FOUND.error(NO_CONTACT)));
    }
}
