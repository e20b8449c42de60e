package sa.cleanlife.partnerapi.contacts;

import java.util.Optional;
import sa.cleanlife.partnerapi.http.Request;
import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.http.json.JsonWriter;
import sa.cleanlife.partnerapi.http.json.StringRule;

/** A contact as JSON, as openapi.yaml describes it. */
record ContactJson(FoundContact found) implements Json.Value {
    private static final int MAX_NAME = 200;
    private static final int MAX_UTM_SOURCE = 100;
    private static final String DEFAULT_UTM_SOURCE = "PARTNER";

    static ContactRequest read(Request request) {
        var body = request.body();
        var phone =
                body.string("phone", InvalidPhone.RULE, ContactJson::readPhone).required();
        var name = body.text("name").max(MAX_NAME).required();
        var utmSource = body.text("utmSource").uncomposed().max(MAX_UTM_SOURCE).orElse(DEFAULT_UTM_SOURCE);
        body.done();
        return new ContactRequest(
                phone,
                name,
                utmSource,
                request.caller().partnerId(),
                request.caller().keyId());
    }

    private static Optional<PhoneNumber> readPhone(String text, StringRule.Refusal refusal) {
        return switch (PhoneNumber.parse(text)) {
            case PhoneNumber number -> Optional.of(number);
            case InvalidPhone refused -> {
                refused.tell(refusal);
                yield Optional.empty();
            }
        };
    }

    @Override
    public void writeTo(JsonWriter out) {
        out.field("id", found.contact().id())
                .field("name", found.contact().name())
                .field("phone", found.contact().phone().e164())
                .field("isNewContact", found.isNew());
    }
}
