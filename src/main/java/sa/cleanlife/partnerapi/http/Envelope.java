package sa.cleanlife.partnerapi.http;

import io.vertx.core.buffer.Buffer;
import java.util.function.Supplier;
import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.http.json.Language;
import sa.cleanlife.partnerapi.http.json.Listing;

/** The JSON envelopes of responses, as openapi.yaml describes them: one object, a list, or an error. */
final class Envelope {
    private Envelope() {}

    static Buffer success(Json.Value data, Supplier<Language> language) {
        return Json.write(out -> out.field("success", true).object("data", data), language);
    }

    static Buffer success(Listing list, Supplier<Language> language) {
        return Json.write(
                out -> {
                    out.field("success", true).array("data", list.items());
                    list.meta().ifPresent(meta -> out.object("meta", meta));
                },
                language);
    }

    static Buffer failure(ApiException refusal, String requestId, Language language) {
        return Json.write(
                out -> out.field("success", false).object("error", error -> {
                    error.field("code", refusal.code().name()).field("message", refusal.publicSentence());
                    refusal.details().ifPresent(details -> error.object("details", details));
                    error.field("requestId", requestId);
                }),
                () -> language);
    }
}
