package sa.cleanlife.partnerapi.contacts;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Optional;
import sa.cleanlife.partnerapi.http.Json;
import sa.cleanlife.partnerapi.http.Request;
import sa.cleanlife.partnerapi.http.ValidationErrors;

/** A contact on the wire, as openapi.yaml describes it. */
record ContactJson(FoundContact found) implements Json.Value {
    private static final int MAX_NAME = 200;
    private static final int MAX_UTM_SOURCE = 100;
    private static final String DEFAULT_UTM_SOURCE = "PARTNER";

    static ContactRequest readWanted(Request request) {
        var fields = request.fields();
        var phone = fields.required("phone", RefusedPhone.WITHOUT_SUGGESTION.sentence("phone"), ContactJson::readPhone);
        var name = fields.name("name", MAX_NAME);
        var utmSource = fields.text("utmSource", MAX_UTM_SOURCE, DEFAULT_UTM_SOURCE);
        fields.refuseIfFaulty();
        return new ContactRequest(
                phone.orElseThrow(),
                name.orElseThrow(),
                utmSource.orElseThrow(),
                request.caller().partnerId(),
                request.caller().keyId());
    }

    private static Optional<PhoneNumber> readPhone(String text, ValidationErrors faults) {
        return switch (PhoneNumber.parse(text)) {
            case PhoneNumber number -> Optional.of(number);
            case RefusedPhone refused -> {
                faults.add("phone", refused.sentence("phone"));
                yield Optional.empty();
            }
        };
    }

    @Override
    public void writeTo(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", found.contact().id().toString());
        json.writeStringField("name", found.contact().name());
        json.writeStringField("phone", found.contact().phone().e164());
        json.writeBooleanField("isNewContact", found.isNew());
        json.writeEndObject();
    }
}
