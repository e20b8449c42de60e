package sa.cleanlife.partnerapi.contacts;

import java.util.UUID;
import sa.cleanlife.partnerapi.http.json.Json;

/** The JSON of a fixed contact, for benchmarks. */
public final class ConstantContactJson {
    private static final UUID ID = UUID.fromString("6f0c2f5e-8b7a-4f57-9c55-0d8f5c1b2a3e");

    private ConstantContactJson() {}

    public static Json.Value named(String name) {
        return new ContactJson(new FoundContact(new Contact(ID, PhoneNumber.ofStored("+966500000000"), name), false));
    }
}
