package sa.cleanlife.partnerapi.http;

import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.infra.Blackhole;
import sa.cleanlife.partnerapi.MicroBenchmark;
import sa.cleanlife.partnerapi.contacts.ConstantContactJson;

/**
 * The JSON of finding or creating a contact: its body read, its answer or refusal written. The body is read field by field
 * as {@code ContactJson} does, but for the phone, of which only the text is taken: {@code PhoneNumberBenchmark} has the gate.
 */
public class JsonBenchmark extends MicroBenchmark {
    private String contentType = "application/json";
    private Buffer plainBody = body("Ahmed Ali");
    private Buffer arabicBody = body("أحمد علي");
    private Json.Value plainContact = ConstantContactJson.named("Ahmed Ali");
    private Json.Value arabicContact = ConstantContactJson.named("أحمد علي");
    private String requestId = "1f1e0a52-2c0c-4f0e-9a57-6d3a5a1f7b10";
    private ApiException refusal = new ValidationErrors()
            .add("content-type", "content-type must be application/json")
            .add("phone", "phone must be a valid phone number in international form; send +966500000000")
            .add("name", "name must be 1 to 200 characters long")
            .add("utmSource", "utmSource must be a string")
            .refusal();

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
        var fields = Fields.read(contentType, body);
        read.consume(fields.required("phone", "phone must be a phone number", (text, faults) -> Optional.of(text)));
        read.consume(fields.name("name", 200));
        read.consume(fields.text("utmSource", 100, "PARTNER"));
        fields.refuseIfFaulty();
    }

    @Benchmark
    public Buffer writePlainName() {
        return Envelope.success(plainContact);
    }

    @Benchmark
    public Buffer writeArabicName() {
        return Envelope.success(arabicContact);
    }

    /** With four faults. */
    @Benchmark
    public Buffer writeRefusal() {
        return Envelope.failure(refusal, requestId);
    }
}
