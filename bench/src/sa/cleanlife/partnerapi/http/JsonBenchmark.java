package sa.cleanlife.partnerapi.http;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.infra.Blackhole;
import sa.cleanlife.partnerapi.MicroBenchmark;
import sa.cleanlife.partnerapi.contacts.ConstantContactJson;
import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.http.json.JsonBody;
import sa.cleanlife.partnerapi.http.json.Language;
import sa.cleanlife.partnerapi.http.json.Sentence;
import sa.cleanlife.partnerapi.http.json.ValidationErrors;
import sa.cleanlife.partnerapi.http.json.ValidationException;

/**
 * The JSON of finding or creating a contact: reading the body, and writing the response or the error. The body is read
 * field by field as {@code ContactJson} does, except that the phone is not parsed: {@code PhoneNumberBenchmark}
 * measures that.
 */
public class JsonBenchmark extends MicroBenchmark {
    private static final Sentence PHONE = new Sentence("%s must be a phone number", "%s must be a phone number");

    private Optional<String> contentType = Optional.of("application/json");
    private Buffer plainBody = body("Ahmed Ali");
    private Buffer arabicBody = body("أحمد علي");
    private Json.Value plainContact = ConstantContactJson.named("Ahmed Ali");
    private Json.Value arabicContact = ConstantContactJson.named("أحمد علي");
    private String requestId = "1f1e0a52-2c0c-4f0e-9a57-6d3a5a1f7b10";
    private ValidationException refusal = refusal();

    private static ValidationException refusal() {
        var errors = new ValidationErrors();
        var fields = JsonBody.read(Optional.empty(), List.of(), Buffer.buffer("{\"phone\":5,\"name\":\"\",\"utmSource\":5}"), errors);
        fields.uuid("phone").required();
        fields.text("name").max(200).required();
        fields.text("utmSource").max(100).orElse("PARTNER");
        return errors.exception();
    }

    private static Buffer body(String name) {
        return Buffer.buffer("{\"phone\":\"+966500000000\",\"name\":\"%s\",\"utmSource\":\"HOTEL\"}".formatted(name));
    }

    @Benchmark
    public void readPlainName(Blackhole read) {
        read(plainBody, read);
    }

    @Benchmark
    public void readArabicName(Blackhole read) {
        read(arabicBody, read);
    }

    private void read(Buffer body, Blackhole read) {
        var fields = JsonBody.read(contentType, List.of(), body, new ValidationErrors());
        read.consume(
                fields.string("phone", PHONE, (text, refusal) -> Optional.of(text)).required());
        read.consume(fields.text("name").max(200).required());
        read.consume(fields.text("utmSource").uncomposed().max(100).orElse("PARTNER"));
        fields.done();
    }

    @Benchmark
    public Buffer writePlainName() {
        return Envelope.success(plainContact, () -> Language.ENGLISH);
    }

    @Benchmark
    public Buffer writeArabicName() {
        return Envelope.success(arabicContact, () -> Language.ENGLISH);
    }

    /** An error with four failed rules. */
    @Benchmark
    public Buffer writeRefusal() {
        return Envelope.failure(Refusals.invalid(refusal.errors()), requestId, Language.ENGLISH);
    }
}
