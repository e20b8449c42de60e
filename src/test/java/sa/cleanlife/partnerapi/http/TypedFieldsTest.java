package sa.cleanlife.partnerapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.LocalTime;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.http.json.Fields;
import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.http.json.Sentence;
import sa.cleanlife.partnerapi.http.json.WireName;

/** The typed fields of a body: the values that each accepts, and the sentence for the others. */
class TypedFieldsTest {
    @RegisterExtension
    static final ProbeServer SERVER = new ProbeServer(TypedFieldsTest::addTo);

    private static final Sentence IN_ORDER =
            new Sentence("%s must be after another field", "%s يجب أن يكون بعد حقل آخر");

    private static final Sentence QUOTING = new Sentence("%s must not be %s", "%s يجب ألا يكون %s");

    enum Status implements WireName {
        PENDING,
        IN_PROGRESS;

        @Override
        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    private record Slot(LocalTime startAt, LocalTime endAt) {
        static Slot read(Fields slot) {
            var startAt = slot.time("startAt").required();
            var endAt = slot.time("endAt").orElse(LocalTime.MAX);
            if (!endAt.isAfter(startAt)) {
                slot.refuse("endAt", IN_ORDER);
            }
            slot.done();
            return new Slot(startAt, endAt);
        }
    }

    private record Item(String hours) {
        static Item read(Fields item) {
            var hours = item.decimal("hours").between("1", "24").stepOf("0.5").required();
            item.done();
            return new Item(hours.toPlainString());
        }
    }

    private static void addTo(Api api) {
        api.post("/fields", ProbeServer.EVERYBODY, request -> Future.succeededFuture(echo(request.body())));
        api.post("/required", ProbeServer.EVERYBODY, request -> {
            var body = request.body();
            body.uuid("serviceId").required();
            body.date("date").required();
            body.object("timeslot", Slot::read).required();
            body.listOf("events", 1, 6, (events, number) -> events.oneOf(number, Status.class));
            body.bool("isActive").required();
            body.whole("teams").required();
            body.done();
            return Future.succeededFuture(out -> {});
        });
        api.post("/optional-body", ProbeServer.EVERYBODY, request -> {
            var body = request.optionalBody();
            var notes = body.text("notes").optional();
            body.done();
            return Future.succeededFuture(out -> out.fieldOrNull("notes", notes));
        });
        api.patch("/things/{thingId}", ProbeServer.EVERYBODY, request -> {
            var path = request.path();
            var id = path.uuid("thingId").required();
            var body = request.body();
            var text = body.text("text").required();
            body.done();
            return Future.succeededFuture(out -> out.field("id", id).field("text", text));
        });
        api.delete(
                "/things/{thingId}",
                ProbeServer.EVERYBODY,
                request -> Future.succeededFuture(out -> out.field("deleted", request.uuid("thingId"))));
        api.post("/forgetful", ProbeServer.EVERYBODY, request -> {
            var text = request.body().text("text").orElse("");
            return Future.succeededFuture(out -> out.field("text", text));
        });
        api.post("/forgetful-within", ProbeServer.EVERYBODY, request -> {
            var body = request.body();
            var text =
                    body.object("inner", inner -> inner.text("text").orElse("")).required();
            body.done();
            return Future.succeededFuture(out -> out.field("text", text));
        });
        api.post("/hasty", ProbeServer.EVERYBODY, request -> {
            var body = request.body();
            var text = body.<String>string("text", IN_ORDER, (sent, refusal) -> Optional.empty())
                    .required();
            var isLong = text.length() > 5;
            body.done();
            return Future.succeededFuture(out -> out.field("isLong", isLong));
        });
        api.post("/late", ProbeServer.EVERYBODY, request -> {
            var body = request.body();
            body.done();
            body.refuse("text", IN_ORDER);
            return Future.succeededFuture(out -> {});
        });
        api.post("/late-within", ProbeServer.EVERYBODY, request -> {
            var body = request.body();
            body.object("inner", inner -> {
                        inner.done();
                        inner.refuse("text", IN_ORDER);
                        return "read";
                    })
                    .required();
            body.done();
            return Future.succeededFuture(out -> {});
        });
        api.post("/late-in-its-future", ProbeServer.EVERYBODY, request -> {
            var body = request.body();
            body.done();
            return Objects.requireNonNull(Vertx.currentContext())
                    .owner()
                    .timer(1, TimeUnit.MILLISECONDS)
                    .map(later -> {
                        body.refuse("text", IN_ORDER);
                        return out -> {};
                    });
        });
        api.post("/unread", ProbeServer.EVERYBODY, request -> {
            request.body();
            return Future.succeededFuture(out -> {});
        });
        api.post("/quoting", ProbeServer.EVERYBODY, request -> {
            var body = request.body();
            body.<String>string("text", IN_ORDER, (sent, refusal) -> {
                        refusal.because(QUOTING, sent);
                        return Optional.empty();
                    })
                    .optional();
            body.oneOf("discount", List.of("5%", "10%")).optional();
            body.done();
            return Future.succeededFuture(out -> {});
        });
        api.post("/large", ProbeServer.EVERYBODY, 512, request -> {
            request.body().done();
            return Future.succeededFuture(out -> {});
        });
    }

    /** A body with a field of every type, all optional. */
    private static Json.Value echo(Fields body) {
        var text = body.text("text").max(10).optional();
        var notes = body.text("notes").lines().max(20).optional();
        var uuid = body.uuid("uuid").optional();
        var whole = body.whole("whole").between(1, 5).optional();
        var any = body.whole("any").optional();
        var hours = body.decimal("hours").between("1", "24").stepOf("0.5").optional();
        var latitude = body.decimal("latitude").between("-90", "90").optional();
        var price = body.money("price").optional();
        var bool = body.bool("bool").optional();
        var date = body.date("date").optional();
        var time = body.time("time").optional();
        var status = body.oneOf("status", Status.class).optional();
        var workType = body.oneOf("workType", List.of("REGULAR", "DEEP")).optional();
        var slot = body.object("timeslot", Slot::read).optional();
        var items = body.list("items", 0, 3, Item::read);
        var ids = body.listOf("couponIds", 0, 2, Fields::uuid);
        var codes = body.listOf(
                "codes", 0, 2, (elements, number) -> elements.text(number).max(5));
        body.done();
        return out -> {
            out.fieldOrNull("text", text).fieldOrNull("notes", notes).fieldOrNull("uuid", uuid);
            out.fieldOrNull("whole", whole).fieldOrNull("any", any);
            hours.ifPresent(value -> out.field("hours", value));
            latitude.ifPresent(value -> out.field("latitude", value));
            price.ifPresent(value -> out.money("price", value));
            bool.ifPresent(value -> out.field("bool", value));
            out.fieldOrNull("date", date).fieldOrNull("time", time).fieldOrNull("status", status);
            out.fieldOrNull("workType", workType);
            slot.ifPresent(value -> out.object(
                    "timeslot", inner -> inner.field("startAt", value.startAt().toString())));
            out.strings("items", items.stream().map(Item::hours).toList());
            out.strings("couponIds", ids.stream().map(Object::toString).toList());
            out.strings("codes", codes);
        };
    }

    private static List<String> refusals(String json) {
        return SERVER.post("/fields", json).sentences();
    }

    @Nested
    class A_value_is_taken {
        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                "text":"  Ali \\u00a0"                     | /text        | "Ali"
                "text":"e\\u0301"                          | /text        | "\u00e9"
                "text":"\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00" | /text | "\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00"
                "text":" "                                 | /text        | null
                "text":null                                | /text        | null
                "notes":"one\\ntwo\\r\\n\\tthree"          | /notes       | "one\\ntwo\\r\\n\\tthree"
                "uuid":"3F0C6A52-7d0e-4b8e-9a41-5c2f7b1d9e60" | /uuid     | "3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60"
                "whole":1                                  | /whole       | 1
                "whole":5.00                               | /whole       | 5
                "whole":0.5e1                              | /whole       | 5
                "any":-2147483648                          | /any         | -2147483648
                "any":-0                                   | /any         | 0
                "hours":2.5                                | /hours       | 2.5
                "hours":24.000000000                       | /hours       | 24
                "hours":1E+1                               | /hours       | 10
                "latitude":-24.7135517                     | /latitude    | -24.7135517
                "latitude":0e99                            | /latitude    | 0
                "bool":true                                | /bool        | true
                "bool":false                               | /bool        | false
                "date":"2028-02-29"                        | /date        | "2028-02-29"
                "time":"09:05"                             | /time        | "09:05"
                "time":"23:59:59"                          | /time        | "23:59:59"
                "status":"in progress"                     | /status      | "in progress"
                "workType":"DEEP"                          | /workType    | "DEEP"
                "timeslot":{"startAt":"09:00","x":{"y":[1]}} | /timeslot/startAt | "09:00"
                "items":[]                                 | /items       | []
                "items":null                               | /items       | []
                "items":[{"hours":1},{"hours":2.5},{"hours":24}] | /items | ["1","2.5","24"]
                "x":[1e999],"items":[{"x":{"hours":0},"hours":3}],"y":{} | /items | ["3"]
                "couponIds":["3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60"] | /couponIds/0 | "3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60"
                "codes":[" A "]                            | /codes       | ["A"]
                """)
        void in_all_of_its_forms(String member, String pointer, String expected) {
            var data = SERVER.post("/fields", " { \"unknown\": 1 ,\n" + member + "}")
                    .data();

            assertThat(data.at(pointer).toString()).isEqualTo(expected);
        }

        @ParameterizedTest
        @CsvSource({"0, 0.00", "124.5, 124.50", "9999999999.99, 9999999999.99", "0.10000, 0.10", "1E2, 100.00"})
        void as_money_with_two_decimal_places(String sent, String answered) {
            assertThat(SERVER.post("/fields", "{\"price\":" + sent + "}").body())
                    .contains("\"price\":" + answered + ",");
        }
    }

    @Nested
    class A_value_is_refused {
        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                "text":5                        | text must be a string
                "text":["a"]                    | text must be a string
                "text":"12345678901"            | text must be at most 10 characters long
                "text":"a\\nb"                  | text must not contain control characters or unpaired surrogates
                "text":"\\ud800"                | text must not contain control characters or unpaired surrogates
                "notes":"a\\u0000"              | notes must not contain control characters or unpaired surrogates
                "notes":"\\u0085a\\u0085b"      | notes must not contain control characters or unpaired surrogates
                "uuid":"abc"                    | uuid must be a UUID
                "uuid":5                        | uuid must be a UUID
                "uuid":{}                       | uuid must be a UUID
                "uuid":""                       | uuid must be a UUID
                "uuid":"3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e6g" | uuid must be a UUID
                "uuid":"3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60 " | uuid must be a UUID
                "uuid":"1-1-1-1-1"              | uuid must be a UUID
                "whole":0                       | whole must not be less than 1
                "whole":6                       | whole must not be greater than 5
                "whole":-1e29                   | whole must not be less than 1
                "whole":99999999999999999999    | whole must not be greater than 5
                "whole":1.5                     | whole must be a whole number
                "whole":1e-1                    | whole must be a whole number
                "whole":"1"                     | whole must be a whole number
                "whole":true                    | whole must be a whole number
                "whole":[1]                     | whole must be a whole number
                "whole":1e400                   | whole must be a number of at most 30 digits
                "whole":1e30                    | whole must be a number of at most 30 digits
                "whole":1e999999999             | whole must be a number of at most 30 digits
                "whole":-1e-999999999           | whole must be a number of at most 30 digits
                "any":2147483648                | any must not be greater than 2147483647
                "any":-2147483649               | any must not be less than -2147483648
                "hours":0.5                     | hours must not be less than 1
                "hours":24.5                    | hours must not be greater than 24
                "hours":1.25                    | hours must be a multiple of 0.5
                "hours":1.0000000000000000000001 | hours must be a multiple of 0.5
                "hours":"2"                     | hours must be a number
                "hours":{}                      | hours must be a number
                "hours":1e400                   | hours must be a number of at most 30 digits
                "latitude":-90.0000001          | latitude must not be less than -90
                "price":-0.01                   | price must not be less than 0
                "price":0.001                   | price must have at most 2 decimal places
                "price":1e10                    | price must not be greater than 9999999999.99
                "price":"1.00"                  | price must be a number
                "bool":"true"                   | bool must be true or false
                "bool":1                        | bool must be true or false
                "date":"2026-02-29"             | date must be a valid ISO 8601 date string
                "date":"2026-2-9"               | date must be a valid ISO 8601 date string
                "date":"2026-06-20T00:00:00Z"   | date must be a valid ISO 8601 date string
                "date":"\u0662\u0660\u0662\u0666-\u0660\u0666-\u0662\u0660" | date must be a valid ISO 8601 date string
                "date":20260620                 | date must be a valid ISO 8601 date string
                "time":"24:00"                  | time must be a time in the form HH:mm or HH:mm:ss
                "time":"9:00"                   | time must be a time in the form HH:mm or HH:mm:ss
                "time":"09:00:60"               | time must be a time in the form HH:mm or HH:mm:ss
                "time":"09:00+03:00"            | time must be a time in the form HH:mm or HH:mm:ss
                "status":"PENDING"              | status must be one of pending, in progress
                "status":0                      | status must be one of pending, in progress
                "workType":"deep"               | workType must be one of REGULAR, DEEP
                "timeslot":"09:00"              | timeslot must be an object
                "timeslot":[]                   | timeslot must be an object
                "timeslot":{}                   | timeslot.startAt must be a time in the form HH:mm or HH:mm:ss; it is required
                "timeslot":{"startAt":null}     | timeslot.startAt must be a time in the form HH:mm or HH:mm:ss; it is required
                "timeslot":{"startAt":"10:00","endAt":"09:00"} | timeslot.endAt must be after another field
                "items":{}                      | items must be an array
                "items":"a"                     | items must be an array
                "items":[1]                     | items.0 must be an object
                "items":[null]                  | items.0 must be an object; it is required
                "items":[{},{},{},{}]           | items must contain no more than 3 elements
                "couponIds":["a"]               | couponIds.0 must be a UUID
                "couponIds":[1,2,3]             | couponIds must contain no more than 2 elements
                "codes":[""]                    | codes.0 must be 1 to 5 characters long
                """)
        void with_its_sentence(String member, String sentence) {
            assertThat(refusals("{" + member + "}")).containsExactly(sentence);
        }

        @Test
        void for_its_type_and_for_its_form() {
            assertThat(refusals("{\"timeslot\":{\"startAt\":9}}"))
                    .containsExactly(
                            "timeslot.startAt must be a string",
                            "timeslot.startAt must be a time in the form HH:mm or HH:mm:ss");
        }

        @ParameterizedTest
        @ValueSource(ints = {31, 41, 1_000, 60_000})
        void when_it_is_a_number_of_many_digits(int digits) {
            var nines = "9".repeat(digits);

            for (var number : List.of(nines, "-" + nines, "0." + nines, nines + ".5", "1e" + nines, "1e-" + nines)) {
                for (var field : List.of("whole", "hours", "price", "latitude")) {
                    assertThat(refusals("{\"%s\":%s}".formatted(field, number)))
                            .containsExactly(field + " must be a number of at most 30 digits");
                }
            }
        }

        @Test
        void together_with_all_others_and_under_its_own_name() {
            var answer = SERVER.post("/fields", """
                    {"uuid":1,"timeslot":{"startAt":"x","endAt":"y"},"items":[{"hours":1},{"hours":0},{"hours":"a"}]}""");

            var fields = answer.error(400, "VALIDATION_ERROR").at("/details/fields");
            assertThat(fields.propertyNames())
                    .containsExactly("uuid", "timeslot.startAt", "timeslot.endAt", "items.1.hours", "items.2.hours");
            assertThat(answer.sentences()).hasSize(5);
            assertThat(answer.json().at("/error/message").asString()).isEqualTo("uuid must be a UUID");
        }

        @Test
        void because_it_is_missing() {
            assertThat(SERVER.post("/required", "{\"date\":null}").sentences())
                    .containsExactly(
                            "serviceId must be a UUID; it is required",
                            "date must be a valid ISO 8601 date string; it is required",
                            "timeslot must be an object; it is required",
                            "events must be an array; it is required",
                            "isActive must be true or false; it is required",
                            "teams must be a whole number; it is required");
        }

        @Test
        void because_there_are_too_few_elements() {
            assertThat(SERVER.post("/required", "{\"events\":[]}").sentences())
                    .contains("events must contain at least 1 elements");
        }

        @Test
        void when_a_key_is_repeated_deep_inside() {
            assertThat(refusals("{\"items\":[{\"hours\":1,\"hours\":1}]}"))
                    .singleElement()
                    .asString()
                    .startsWith("body must be one JSON object; it repeats a key at line 1");
        }
    }

    @Nested
    class A_handler {
        @Test
        void may_take_a_body_that_is_left_out() {
            var without = ProbeServer.send(SERVER.request("/optional-body").POST(BodyPublishers.noBody()));
            var with = SERVER.post("/optional-body", "{\"notes\":\"a\"}");
            var malformed = SERVER.post("/optional-body", "[]");

            assertThat(without.data().toString()).isEqualTo("{\"notes\":null}");
            assertThat(with.data().toString()).isEqualTo("{\"notes\":\"a\"}");
            assertThat(malformed.status()).isEqualTo(400);
        }

        @Test
        void tells_what_is_wrong_in_path_and_body_at_once() {
            var answer = ProbeServer.send(SERVER.request("/things/abc")
                    .header("content-type", "application/json")
                    .method("PATCH", BodyPublishers.ofString("{}")));

            assertThat(answer.sentences())
                    .containsExactly("thingId must be a UUID", "text must be a string; it is required");
        }

        @Test
        void may_delete() {
            var id = "3f0c6a52-7d0e-4b8e-9a41-5c2f7b1d9e60";

            assertThat(ProbeServer.send(SERVER.request("/things/" + id).DELETE())
                            .data()
                            .get("deleted")
                            .asString())
                    .isEqualTo(id);
            assertThat(ProbeServer.send(SERVER.request("/things/abc").DELETE()).sentences())
                    .containsExactly("thingId must be a UUID");
        }

        @ParameterizedTest
        @ValueSource(strings = {"/forgetful", "/forgetful-within"})
        void that_forgets_to_finish_the_checks_gets_a_500(String path) {
            SERVER.post(path, "{\"text\":\"a\",\"inner\":{\"text\":\"a\"}}").error(500, "INTERNAL_ERROR");
        }

        @Test
        void that_uses_a_value_before_the_checks_still_reports_what_is_wrong() {
            assertThat(SERVER.post("/hasty", "{\"text\":5}").sentences())
                    .first()
                    .isEqualTo("text must be a string");
        }

        @ParameterizedTest
        @CsvSource({
            "/late, text must be after another field",
            "/late-within, inner.text must be after another field",
            "/late-in-its-future, text must be after another field"
        })
        void that_rejects_a_field_after_the_checks_reports_it(String path, String sentence) {
            assertThat(SERVER.post(path, "{\"inner\":{}}").sentences()).containsExactly(sentence);
        }

        @Test
        void that_reads_no_field_still_reports_a_wrong_content_type() {
            var answer = ProbeServer.send(SERVER.request("/unread")
                    .header("content-type", "text/plain")
                    .POST(BodyPublishers.ofString("{}")));

            assertThat(answer.sentences()).containsExactly("content-type must be application/json");
            assertThat(SERVER.post("/unread", "{}").status()).isEqualTo(200);
        }

        @Test
        void may_quote_what_was_sent_in_a_sentence() {
            assertThat(SERVER.post("/quoting", "{\"text\":\"50%\",\"discount\":\"%d\"}")
                            .sentences())
                    .containsExactly("text must not be 50%", "discount must be one of 5%, 10%");
        }

        @Test
        void may_take_a_larger_body_and_says_its_own_limit() {
            var fits = "{\"x\":\"" + "x".repeat(512 * 1024 - 8) + "\"}";

            assertThat(SERVER.post("/large", fits).status()).isEqualTo(200);
            assertThat(SERVER.post("/large", fits + " ")
                            .error(413, "PAYLOAD_TOO_LARGE")
                            .get("message")
                            .asString())
                    .isEqualTo("The body is larger than 512 KiB.");
        }
    }
}
