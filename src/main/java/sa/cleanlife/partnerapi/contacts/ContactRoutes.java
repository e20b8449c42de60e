package sa.cleanlife.partnerapi.contacts;

import static sa.cleanlife.partnerapi.access.Permission.PARTNER_CONTACTS_READ;

import io.vertx.core.Future;
import sa.cleanlife.partnerapi.http.Api;
import sa.cleanlife.partnerapi.http.Call;
import sa.cleanlife.partnerapi.http.ErrorCode;

/** Contacts over HTTP: find or create by phone, and read by id. */
public final class ContactRoutes {
    private final Contacts contacts;

    public ContactRoutes(Contacts contacts) {
        this.contacts = contacts;
    }

    public void addTo(Api api) {
        api.post("/v1/partners/contacts", PARTNER_CONTACTS_READ, this::findOrCreate);
        api.get("/v1/partners/contacts/{contactId}", PARTNER_CONTACTS_READ, this::read);
    }

    private Future<ContactJson> findOrCreate(Call call) {
        return contacts.findOrCreate(ContactJson.readWanted(call)).map(ContactJson::new);
    }

    private Future<ContactJson> read(Call call) {
        return contacts.find(call.uuid("contactId"))
                .map(found -> found.map(contact -> new ContactJson(new FoundContact(contact, false)))
                        .orElseThrow(() -> ErrorCode.RESOURCE_NOT_FOUND.error("There is no contact with this id.")));
    }
}
