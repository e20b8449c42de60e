package sa.cleanlife.partnerapi.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import sa.cleanlife.partnerapi.fuzz.ApiDescription.Operation;
import sa.cleanlife.partnerapi.fuzz.Conversation.Contact;
import sa.cleanlife.partnerapi.fuzz.Conversation.Expected;
import sa.cleanlife.partnerapi.fuzz.Conversation.Step;
import sa.cleanlife.partnerapi.fuzz.Conversation.Then;

/** Well-formed requests, both valid ones and those that the API rejects. */
final class Calls {
    private static final String JSON = "application/json";

    private final ApiDescription api;
    private final Keys keys;
    private final Operation create;
    private final Operation read;
    private final Phones phones;
    private final Bodies bodies;
    private final SeededRandom random;

    Calls(
            ApiDescription api,
            Keys keys,
            Operation create,
            Operation read,
            Phones phones,
            Bodies bodies,
            SeededRandom random) {
        this.api = api;
        this.keys = keys;
        this.create = create;
        this.read = read;
        this.phones = phones;
        this.bodies = bodies;
        this.random = random;
    }

    static Step step(String bytes, Expected... answers) {
        return new Step(bytes, List.of(answers), Then.IT_GOES_ON);
    }

    /** Usually with a request id; it has no digits, so that it is never mistaken for a phone in a log line. */
    private Request request(Operation operation, String path) {
        var request = new Request(operation.method(), path);
        return random.oneIn(4)
                ? request
                : request.id("id-" + random.characters("abcdefghijklmnopqrstuvwxyz-._~", random.between(1, 30)));
    }

    /** A request that creates a contact, with the key in one of its two places. */
    Request create() {
        return withKey(request(create, create.path()), keys.good());
    }

    /** The same without a request id, for byte sequences of which it is unknown how far they are read. */
    Request createWithoutId() {
        return new Request(create.method(), create.path()).header(api.keyHeader(), keys.good());
    }

    Request read(String id) {
        return withKey(request(read, read.pathTo(id)), keys.good());
    }

    private Request withKey(Request request, String key) {
        return random.oneIn(5)
                ? request.query(
                        random.oneIn(2) ? "a=b&" + api.keyParameter() + "=" + key : api.keyParameter() + "=" + key)
                : request.header(random.oneIn(4) ? "X-API-Key" : api.keyHeader(), key);
    }

    private Request json(Request request, String json) {
        return request.header(
                        random.oneOf("Content-Type", "content-type", "CONTENT-TYPE"),
                        random.oneOf(
                                JSON,
                                JSON,
                                JSON,
                                "application/json; charset=utf-8",
                                "Application/JSON",
                                "application/json ;x=y"))
                .body(json);
    }

    private String bytes(Request request) {
        return random.oneIn(6) ? request.inChunks(random) : request.bytes();
    }

    Bodies bodies() {
        return bodies;
    }

    String phone() {
        return phones.next();
    }

    /** Creates a contact, then perhaps sends it with another spelling and name, then perhaps reads it by its id. */
    List<Step> foundOrCreated() {
        var steps = new ArrayList<Step>();
        var phone = phones.next();
        var first = random.oneIn(200) ? bodies.goodOfMaxLength(phone) : bodies.good(phone, true);
        var creation = json(create(), first.json());
        steps.add(step(bytes(creation), Expected.of(creation, 200).with(first.contact())));
        var found = new Contact(phone, first.contact().name(), Optional.of(false));
        while (random.oneIn(4)) {
            var again = json(create(), bodies.good(phone, false).json());
            steps.add(step(bytes(again), Expected.of(again, 200).with(found)));
        }
        if (random.oneIn(4)) {
            var byId = read(Conversation.ID_OF_THE_CONTACT);
            steps.add(step(byId.bytes(), Expected.of(byId, 200).with(found)));
        }
        return steps;
    }

    List<Step> fieldRefused() {
        var bad = bodies.bad(phones.next());
        var request = json(create(), bad.json());
        var refusal = Expected.refusal(request, bad.faulty());
        return List.of(step(bytes(request), bad.sentence().map(refusal::saying).orElse(refusal)));
    }

    List<Step> bodyRefused() {
        var request = json(create(), bodies.noObject(phones.next()));
        return List.of(step(bytes(request), Expected.refusal(request, Set.of("body"))));
    }

    List<Step> contentTypeRefused() {
        var type = Optional.of(random.oneOf(
                        "",
                        "text/plain",
                        "application/xml",
                        "application/jsonp",
                        "json",
                        "application/json, text/plain",
                        "multipart/form-data; boundary=x",
                        "application/x-www-form-urlencoded",
                        "*/*",
                        random.token(200)))
                .filter(sent -> !sent.isEmpty());
        var request = create();
        type.ifPresent(sent -> request.header("Content-Type", sent));
        var fields = new TreeSet<>(Set.of("content-type"));
        switch (random.below(3)) {
            case 0 -> {
                request.body(bodies.noObject(phones.next()));
                fields.add("body");
            }
            case 1 -> {
                var bad = bodies.bad(phones.next());
                request.body(bad.json());
                fields.addAll(bad.faulty());
            }
            default -> request.body(bodies.good(phones.next(), true).json());
        }
        return List.of(step(bytes(request), Expected.refusal(request, fields)));
    }

    /** Each gets the same 401. */
    List<Step> keyRefused() {
        var good = keys.good();
        var request = request(create, create.path());
        switch (random.below(8)) {
            case 0 -> {}
            case 1 -> request.header(api.keyHeader(), keys.unknown());
            case 2 -> request.query(api.keyParameter() + "=" + keys.unknown());
            case 3 -> request.header(api.keyHeader(), random.characters("0123456789", 4) + good.substring(4));
            case 4 -> request.header(api.keyHeader(), good.substring(0, good.length() - random.between(1, 30)));
            // The header takes precedence.
            case 5 -> request.header(api.keyHeader(), random.token(40)).query(api.keyParameter() + "=" + good);
            case 6 -> request.header("Authorization", "Bearer " + good);
            // A query with a malformed part yields no key.
            default -> request.query(api.keyParameter() + "=" + good + "&q=%zz");
        }
        if (random.oneIn(3)) {
            var reading = request(read, read.pathTo(random.uuid()));
            return List.of(step(reading.bytes(), Expected.of(reading, 401)));
        }
        var body = random.oneIn(2) ? bodies.good(phones.next(), true).json() : bodies.noObject(phones.next());
        return List.of(step(bytes(json(request, body)), Expected.of(request, 401)));
    }

    List<Step> forbidden() {
        var request = request(create, create.path());
        switch (random.below(3)) {
            case 0 -> request.header(api.keyHeader(), keys.withoutPermission());
            case 1 -> request.header(api.keyHeader(), keys.elsewhere());
            default ->
                request.header(api.keyHeader(), keys.ofAPage()).header(random.oneOf("Origin", "Referer"), foreign());
        }
        var body = random.oneIn(2) ? bodies.good(phones.next(), true).json() : bodies.noObject(phones.next());
        return List.of(step(bytes(json(request, body)), Expected.of(request, 403)));
    }

    private String foreign() {
        return random.oneOf(
                "https://evil.example",
                "http://" + Keys.PAGE + ".evil.example",
                "https://x" + Keys.PAGE,
                "null",
                "https://",
                "https://" + random.token(60) + ".example",
                "*",
                "javascript:alert(1)");
    }

    /** A browser's preflight and the request after it. */
    List<Step> fromAPage() {
        var origin = random.oneOf("https://", "http://", "HTTPS://") + Keys.PAGE + random.oneOf("", ":8443");
        if (random.oneIn(2)) {
            var isForeign = random.oneIn(2);
            var preflight = new Request("OPTIONS", random.oneOf(create.path(), read.pathTo(random.uuid())))
                    .header("Origin", isForeign ? "https://evil.example" : origin)
                    .header("Access-Control-Request-Method", random.oneOf("POST", "GET", "DELETE", random.token(10)));
            return List.of(step(preflight.bytes(), Expected.of(preflight, isForeign ? 403 : 204)));
        }
        var reading = request(read, read.pathTo(random.uuid()))
                .header(api.keyHeader(), keys.ofAPage())
                .header("Origin", origin);
        return List.of(step(reading.bytes(), Expected.of(reading, 404)));
    }

    /** Requests with a limited key; up to the limit they are like any other. */
    List<Step> limited() {
        if (random.oneIn(2)) {
            var reading = request(read, read.pathTo(random.uuid())).header(api.keyHeader(), keys.limited());
            return List.of(step(reading.bytes(), Expected.of(reading, 404, 429)));
        }
        var good = bodies.good(phones.next(), true);
        var creation = json(request(create, create.path()).header(api.keyHeader(), keys.ofAQuota()), good.json());
        return List.of(step(bytes(creation), Expected.of(creation, 200, 429).with(good.contact())));
    }

    List<Step> read() {
        if (random.oneIn(2)) {
            var unknown = read(random.oneIn(5) ? random.uuid().toUpperCase(Locale.ROOT) : random.uuid());
            if (random.oneIn(4)) {
                json(unknown, bodies.noObject(phones.next()));
            }
            return List.of(step(unknown.bytes(), Expected.of(unknown, 404)));
        }
        var uuid = random.uuid();
        var noUuid = read(random.oneOf(
                "1",
                "abc",
                uuid.substring(1),
                uuid + "0",
                uuid.replace("-", ""),
                "%7B" + uuid + "%7D",
                uuid.replace('-', '_'),
                "g" + uuid.substring(1),
                "..",
                "%2e%2e",
                "%00",
                "'",
                "\u00d9\u00a1",
                random.token(random.between(1, 300)) + "!"));
        return List.of(step(noUuid.bytes(), Expected.refusal(noUuid, Set.of("contactId"))));
    }

    /**
     * Requests for an operation without a conversation of its own: described ones and invalid ones. So a new operation
     * is fuzzed as soon as it is described.
     */
    List<Step> described() {
        var operation = random.oneOf(api.operations().stream()
                .filter(other -> !other.equals(create) && !other.equals(read))
                .toList());
        var id = random.oneIn(4) ? random.token(random.between(1, 50)) : random.uuid();
        var request = withKey(request(operation, operation.pathTo(id)), keys.good());
        for (var parameter : operation.queryParameters()) {
            while (random.oneIn(2)) {
                request.query(parameter
                        + random.oneOf(
                                "", "=", "=%zz", "=" + random.uuid(), "=" + random.below(200), "=" + random.token(20)));
            }
        }
        if (!operation.fields().isEmpty()) {
            json(request, bodies.described(operation.fields()));
        }
        return List.of(step(bytes(request), Expected.described(request)));
    }

    List<Step> wrongMethod() {
        var operation = random.oneOf(create, read);
        var path = operation.pathTo(random.uuid());
        var taken = api.methods(operation.path());
        var method = random.oneOf(
                "GET",
                "POST",
                "PUT",
                "PATCH",
                "DELETE",
                "HEAD",
                "OPTIONS",
                "TRACE",
                "FIND",
                random.characters("ABCXYZ", 12));
        if (taken.contains(method)) {
            method = "DELETE";
        }
        var request = withKey(new Request(method, path), random.oneIn(2) ? keys.good() : keys.unknown());
        return List.of(step(request.bytes(), Expected.of(request, 405)));
    }

    List<Step> unknownPath() {
        var path = random.oneOf(
                "/",
                create.path() + "/",
                create.path() + "//",
                "/v1/partners/Contacts",
                "/v1/partners",
                "/v2/partners/contacts",
                "//v1/partners/contacts",
                "/v1/partners/contacts/" + random.uuid() + "/x",
                "/v1/partners/contact%73",
                "/v1/./partners/contacts",
                "/v1/partners/../partners/contacts",
                "/" + random.token(random.between(1, 500)),
                "/%",
                "/%zz",
                "/\u00ff",
                "/v1/partners/contacts;x=y");
        // The root is a page, which is not described.
        var request = withKey(
                new Request(random.oneOf("GET", "POST", "DELETE"), path.equals("/") ? "/nothing" : path), keys.good());
        return List.of(step(request.bytes(), Expected.of(request, 404).at("/nothing")));
    }

    List<Step> requestId() {
        var id = switch (random.below(6)) {
            case 0 -> "x".repeat(128);
            case 1 -> "x".repeat(random.between(129, 2_000));
            case 2 ->
                random.token(5)
                        + random.oneOf(" ", "\t", "\u0080", "\u00ff", "\u00a0", Request.utf8("م"))
                        + random.token(5);
            case 3 -> "";
            case 4 -> "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
            default -> random.uuid();
        };
        var request = withKey(new Request(read.method(), read.pathTo(random.uuid())), keys.good())
                .id(id);
        return List.of(step(request.bytes(), Expected.of(request, 404)));
    }
}
