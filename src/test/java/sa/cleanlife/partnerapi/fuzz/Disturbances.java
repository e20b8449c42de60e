package sa.cleanlife.partnerapi.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import sa.cleanlife.partnerapi.fuzz.Conversation.Contact;
import sa.cleanlife.partnerapi.fuzz.Conversation.Expected;
import sa.cleanlife.partnerapi.fuzz.Conversation.Step;
import sa.cleanlife.partnerapi.fuzz.Conversation.Then;

/** Byte sequences that no HTTP client would send, and ways of sending that are unusual. */
final class Disturbances {
    /**
     * A request that malformed bytes before it cannot turn into another one; its response, if it comes, is the last.
     */
    private static final String LAST_REQUEST = "GET /last HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";

    private final Calls calls;
    private final SeededRandom random;

    Disturbances(Calls calls, SeededRandom random) {
        this.calls = calls;
        this.random = random;
    }

    private Bodies.Good good() {
        return calls.bodies().good(calls.phone(), true);
    }

    /** A request that would create a contact. */
    private Request creation() {
        return calls.create().json(good().json());
    }

    private static Step ending(String bytes, Expected... answers) {
        return new Step(bytes, List.of(answers), Then.THE_SERVER_ENDS_IT);
    }

    /** Any response is allowed; a 200 only with this contact. */
    private static Step whatever(String bytes, Request request, Optional<Contact> contact) {
        var anything = Expected.of(request);
        return new Step(bytes, List.of(contact.map(anything::with).orElse(anything)), Then.WHATEVER);
    }

    List<Step> tooLarge() {
        var size = random.oneIn(2) ? Bodies.MAX_BYTES + 1 : random.between(Bodies.MAX_BYTES + 1, 200_000);
        var good = good().json();
        var blank = " ".repeat(size - good.length());
        var request = calls.create().json(random.oneIn(2) ? good + blank : blank + good);
        if (random.oneIn(3)) {
            var unsent = request.head("Content-Length: " + random.oneOf(65_537L, 1L << 31, 1L << 32, Long.MAX_VALUE));
            return List.of(new Step(unsent, List.of(Expected.of(request, 413)), Then.THE_CLIENT_ENDS_IT));
        }
        return List.of(
                Calls.step(random.oneIn(2) ? request.bytes() : request.inChunks(random), Expected.of(request, 413)));
    }

    /** Something other than HTTP/1.1, followed by a request to create a contact, which the server must not read. */
    List<Step> headRefused() {
        var request = new Request("GET", "/v1/partners/contacts/abc");
        var smuggled = creation().bytes();
        var refusal = Expected.refusal(request, Set.of("request"));
        return switch (random.below(9)) {
            case 0 ->
                List.of(ending(
                        "GET /" + "a".repeat(random.between(4_100, 9_000)) + " HTTP/1.1\r\n\r\n" + smuggled, refusal));
            case 1 ->
                List.of(ending(request.head("a: " + "b".repeat(random.between(16_400, 30_000))) + smuggled, refusal));
            case 2 -> List.of(ending(request.head("a b: c") + smuggled, refusal));
            case 3 ->
                List.of(ending(
                        request.head("a: b" + random.oneOf("\0", "\u0001", "\u007f") + "c") + smuggled, refusal));
            case 4 -> List.of(ending(request.head("hello") + smuggled, refusal));
            case 5 -> List.of(ending("GET / HTTP/1.1 x\r\nHost: test\r\n\r\n" + smuggled, refusal));
            case 6 -> {
                var version = random.oneOf(
                        "HTTP/2.0", "HTTP/3.0", "HTTP/1.2", "HTTP/0.9", "http/1.1", random.token(6) + "/1.1");
                yield List.of(ending("GET / " + version + "\r\nHost: test\r\n\r\n" + smuggled, refusal));
            }
            case 7 -> List.of(Calls.step("GET /v1/partners/contacts/abc HTTP/1.1\r\n\r\n", refusal));
            default -> List.of(Calls.step(request.head("Host: two"), refusal));
        };
    }

    List<Step> expectingToContinue() {
        var good = good();
        var request = calls.create().json(good.json());
        return List.of(
                Calls.step(
                        request.head(
                                "Expect: 100-continue",
                                "Content-Length: " + good.json().length()),
                        Expected.toContinue()),
                Calls.step(good.json(), Expected.of(request, 200).with(good.contact())));
    }

    /** Several requests at once; the responses come in their order. */
    List<Step> pipelined() {
        var bytes = new StringBuilder();
        var answers = new ArrayList<Expected>();
        for (var count = random.between(2, 8); count > 0; count--) {
            var id = "n-" + answers.size() + "-" + random.token(4);
            if (count <= 3 && random.oneIn(2)) {
                var good = good();
                var creation = calls.create().json(good.json());
                bytes.append(random.oneIn(2) ? creation.bytes() : creation.inChunks(random));
                answers.add(Expected.of(creation, 200).with(good.contact()));
            } else if (random.oneIn(2)) {
                var unknown = new Request("GET", "/nothing").id(id);
                bytes.append(unknown.bytes());
                answers.add(Expected.of(unknown, 404));
            } else {
                var refused = calls.create().json("{}");
                bytes.append(refused.bytes());
                answers.add(Expected.refusal(refused, Set.of("name", "phone")));
            }
        }
        return List.of(new Step(bytes.toString(), answers, Then.IT_GOES_ON));
    }

    /** Invalid lengths, two lengths that differ, and invalid chunks: the end of the body is unknown. */
    List<Step> bodyOfNoLength() {
        var good = good();
        var request = calls.createWithoutId().json(good.json());
        var length = good.json().length();
        var refusal = Expected.refusal(request, Set.of("request"));
        if (random.oneIn(2)) {
            var lengths = random.oneOf(
                    "-1",
                    "+" + length,
                    "0x2a",
                    length + " 2",
                    length + ", " + length,
                    length + "\r\nContent-Length: 5",
                    length + "\r\nTransfer-Encoding: chunked",
                    "9".repeat(23),
                    random.token(5) + "x",
                    "");
            return List.of(ending(
                    request.head("Content-Length: " + lengths)
                            + good.json()
                            + creation().bytes(),
                    refusal));
        }
        if (random.oneIn(3)) {
            var coding = random.oneOf(
                    "gzip", "gzip, chunked", "identity", "chunked\r\nTransfer-Encoding: chunked", random.token(8));
            return List.of(ending(
                    request.head("Transfer-Encoding: " + coding) + creation().bytes(), refusal));
        }
        var chunks = random.oneOf(
                "zz\r\n", "-2\r\n", "\r\n", "ffffffffffffffffff\r\n", "1\r\n", Integer.toHexString(length) + "\r\n");
        var end = random.oneOf("0\r\n\r\n", "\r\r\n0\r\n\r\n", "x");
        return List.of(whatever(
                request.head("Transfer-Encoding: chunked") + chunks + good.json() + end + LAST_REQUEST,
                request,
                Optional.empty()));
    }

    /** The client disconnects in the middle of a request. */
    List<Step> cutShort() {
        var request = creation();
        var whole = random.oneIn(3) ? request.inChunks(random) : request.bytes();
        var cut = whole.substring(0, random.between(1, whole.length() - 1));
        return List.of(new Step(cut, List.of(), Then.THE_CLIENT_ENDS_IT));
    }

    List<Step> headMutated() {
        var good = good();
        var request = calls.createWithoutId().json(good.json());
        var bytes = request.bytes();
        var body = bytes.indexOf("\r\n\r\n") + 4;
        return List.of(whatever(
                random.mutated(bytes.substring(0, body - 4)) + bytes.substring(body - 4) + LAST_REQUEST,
                request,
                Optional.of(good.contact())));
    }

    /**
     * Mutates everything except the phone, whose digits could become another's; the name may differ from the generated
     * one.
     */
    List<Step> bodyMutated() {
        var phone = calls.phone();
        var before = random.mutated("{\"name\":\"" + Names.MARK + "\",\"a\":[1,true,null,{\"b\":\"c\"}],\"phone\":\"");
        var after = random.mutated("\",\"utmSource\":\"x\"}");
        var request = calls.create().json(before + phone + after);
        return List.of(whatever(
                request.bytes() + LAST_REQUEST, request, Optional.of(new Contact(phone, "", Optional.empty()))));
    }

    List<Step> randomBytes() {
        var bytes = random.bytes(random.between(1, 300));
        var request = new Request("GET", "/");
        return switch (random.below(3)) {
            case 0 -> List.of(new Step(bytes, List.of(), Then.THE_CLIENT_ENDS_IT));
            case 1 -> List.of(whatever(bytes + "\r\n\r\n" + LAST_REQUEST, request, Optional.empty()));
            default ->
                List.of(whatever("GET / HTTP/1.1\r\n" + bytes + "\r\n\r\n" + LAST_REQUEST, request, Optional.empty()));
        };
    }
}
