package sa.cleanlife.partnerapi.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import sa.cleanlife.partnerapi.fuzz.Conversation.Contact;
import sa.cleanlife.partnerapi.fuzz.Conversation.Expected;
import sa.cleanlife.partnerapi.fuzz.Wire.Reply;
import sa.cleanlife.partnerapi.testing.OpenApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checks that {@code openapi.yaml} describes a response and that it is the right one for the request; throws otherwise.
 */
final class AnswerOracle {
    private static final Pattern RANDOM_UUID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    private static final JsonMapper JSON = new JsonMapper();

    /** An acknowledged contact; the map is by phone. */
    record Acknowledged(String id, String name) {}

    private final Map<String, Acknowledged> acknowledged = new ConcurrentHashMap<>();

    /** Checks the response to a request whose meaning is known; returns the contact's id, if there is one. */
    Optional<String> check(Expected expected, Reply reply) {
        assertThat(reply.status()).as("status").isIn(expected.statuses());
        if (reply.status() == 100) {
            return Optional.empty();
        }
        if (expected.method().equals("HEAD")) {
            checkHead(reply);
            return Optional.empty();
        }
        var json = checkDescribed(expected.method(), expected.path(), reply);
        var id = reply.headers().get("x-request-id");
        expected.requestId()
                .ifPresentOrElse(
                        sent -> assertThat(id).as("request id").isEqualTo(sent),
                        () -> assertThat(id).as("request id").matches(RANDOM_UUID));
        if (expected.onlyDescribed()) {
            return Optional.empty();
        }
        if (reply.status() == 400) {
            var named = new TreeSet<>(json.at("/error/details/fields").propertyNames());
            assertThat(named).as("fields").isEqualTo(new TreeSet<>(expected.fields()));
            expected.sentence()
                    .ifPresent(sentence -> assertThat(sentences(json)).contains(sentence));
        }
        return reply.status() == 200 ? Optional.of(remember(expected.contact().orElseThrow(), json)) : Optional.empty();
    }

    /** Checks a response to bytes whose meaning is unknown. */
    void checkUnforeseen(Optional<Contact> contact, Reply reply) {
        assertThat(reply.status()).as("status").isBetween(200, 499);
        var method = reply.status() == 405 ? "DELETE" : "POST";
        var path = reply.status() == 404 ? "/nothing" : TestPartner.CONTACTS;
        var json = checkDescribed(method, path, reply);
        if (reply.status() == 200) {
            remember(contact.orElseThrow(() -> new AssertionError("a contact that was not requested")), json);
        }
    }

    private static void checkHead(Reply reply) {
        assertThat(reply.headers()).containsKeys("x-request-id", "allow");
    }

    private static JsonNode checkDescribed(String method, String path, Reply reply) {
        OpenApi.check(method, path, reply.status(), reply.headers(), reply.body());
        if (reply.body().isEmpty()) {
            return JSON.missingNode();
        }
        var json = JSON.readTree(reply.body());
        if (reply.status() != 200) {
            assertThat(json.at("/error/requestId").asString())
                    .isEqualTo(reply.headers().get("x-request-id"));
        }
        if (reply.status() == 400) {
            var bySentence = new HashMap<String, String>();
            json.at("/error/details/fields")
                    .properties()
                    .forEach(field -> field.getValue()
                            .valueStream()
                            .forEach(sentence -> bySentence.put(sentence.asString(), field.getKey())));
            assertThat(sentences(json)).isEqualTo(bySentence.keySet());
            assertThat(bySentence)
                    .allSatisfy((sentence, field) -> assertThat(sentence).startsWith(field + " must "));
        }
        return json;
    }

    private static Set<String> sentences(JsonNode json) {
        var sentences = new TreeSet<String>();
        json.at("/error/details/message").valueStream().forEach(sentence -> sentences.add(sentence.asString()));
        return sentences;
    }

    /** A contact keeps its id and name, and only the first response about it says that it is new. */
    private String remember(Contact wanted, JsonNode json) {
        var data = json.get("data");
        var told = new Acknowledged(data.get("id").asString(), data.get("name").asString());
        assertThat(data.get("phone").asString()).isEqualTo(wanted.phone());
        if (!wanted.name().isEmpty()) {
            assertThat(told.name()).isEqualTo(wanted.name());
        }
        var before = acknowledged.putIfAbsent(wanted.phone(), told);
        assertThat(data.get("isNewContact").asBoolean()).isEqualTo(before == null);
        wanted.isNew().ifPresent(isNew -> assertThat(isNew).isEqualTo(before == null));
        if (before == null) {
            assertThat(told.id()).matches(RANDOM_UUID);
        } else {
            assertThat(told).isEqualTo(before);
        }
        return told.id();
    }

    Map<String, Acknowledged> acknowledged() {
        return acknowledged;
    }
}
