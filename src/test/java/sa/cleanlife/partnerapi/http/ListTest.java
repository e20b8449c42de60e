package sa.cleanlife.partnerapi.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sa.cleanlife.partnerapi.http.json.Json;
import sa.cleanlife.partnerapi.http.json.Listing;
import sa.cleanlife.partnerapi.http.json.Page;
import sa.cleanlife.partnerapi.http.json.SortKey;
import sa.cleanlife.partnerapi.http.json.SortOrder;
import sa.cleanlife.partnerapi.testing.RawHttp;
import tools.jackson.databind.json.JsonMapper;

/** Lists and query parameters. */
class ListTest {
    private static final int TOTAL = 41;

    @RegisterExtension
    static final ProbeServer SERVER = new ProbeServer(ListTest::addTo);

    enum Sort implements SortKey {
        CREATED_AT("createdAt"),
        NAME("name");

        private final String wireName;

        Sort(String wireName) {
            this.wireName = wireName;
        }

        @Override
        public String wireName() {
            return wireName;
        }

        @Override
        public SortOrder defaultOrder() {
            return this == NAME ? SortOrder.ASC : SortOrder.DESC;
        }
    }

    private static void addTo(Api api) {
        api.list("/numbers", ProbeServer.EVERYBODY, request -> {
            var query = request.query();
            var page = Page.read(query, Sort.class);
            query.done();
            return Future.succeededFuture(Listing.of(page, numbers(page), TOTAL));
        });
        api.list("/short", ProbeServer.EVERYBODY, request -> Future.succeededFuture(Listing.of(List.of())));
        api.get("/query", ProbeServer.EVERYBODY, request -> {
            var query = request.query();
            var dryRun = query.bool("dryRun").orElse(false);
            var date = query.date("date").optional();
            var hours = query.decimal("hours").between("1", "24").stepOf("0.5").optional();
            var text = query.text("text").optional();
            query.done();
            return Future.succeededFuture(out -> out.field("dryRun", dryRun)
                    .fieldOrNull("date", date)
                    .fieldOrNull("hours", hours)
                    .fieldOrNull("text", text));
        });
    }

    private static List<Json.Value> numbers(Page<Sort> page) {
        return IntStream.range(0, TOTAL)
                .skip(page.offset())
                .limit(page.limit())
                .<Json.Value>mapToObj(number -> out -> out.field("number", number)
                        .field("sortBy", page.sortBy())
                        .field("sortOrder", page.sortOrder()))
                .toList();
    }

    @Nested
    class A_page {
        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "none", textBlock = """
                ``                       | 20 | {"page":1,"limit":20,"total":41,"totalPages":3}
                ?                        | 20 | {"page":1,"limit":20,"total":41,"totalPages":3}
                ?page=3                  | 1  | {"page":3,"limit":20,"total":41,"totalPages":3}
                ?page=4                  | 0  | {"page":4,"limit":20,"total":41,"totalPages":3}
                ?page=2147483647&limit=100 | 0 | {"page":2147483647,"limit":100,"total":41,"totalPages":1}
                ?limit=41                | 41 | {"page":1,"limit":41,"total":41,"totalPages":1}
                ?limit=1&page=41         | 1  | {"page":41,"limit":1,"total":41,"totalPages":41}
                ?limit=%31&page=1.0      | 1  | {"page":1,"limit":1,"total":41,"totalPages":41}
                ?Limit=5&x=1&x=2&&=  | 20 | {"page":1,"limit":20,"total":41,"totalPages":3}
                """)
        void has_meta_with_its_place_in_the_list(String query, int items, String meta) {
            var answer = SERVER.get("/numbers" + query);

            assertThat(answer.data()).hasSize(items);
            assertThat(answer.json().get("meta")).isEqualTo(new JsonMapper().readTree(meta));
        }

        @ParameterizedTest
        @CsvSource({
            "'', createdAt, DESC",
            "?sortBy=name, name, ASC",
            "?sortBy=name&sortOrder=DESC, name, DESC",
            "?sortOrder=ASC, createdAt, ASC"
        })
        void is_sorted_as_asked(String query, String sortBy, String sortOrder) {
            var first = SERVER.get("/numbers" + query).data().get(0);

            assertThat(first.get("sortBy").asString()).isEqualTo(sortBy);
            assertThat(first.get("sortOrder").asString()).isEqualTo(sortOrder);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                page=0                | page must not be less than 1
                page=-1               | page must not be less than 1
                page=2147483648       | page must not be greater than 2147483647
                limit=0               | limit must not be less than 1
                limit=101             | limit must not be greater than 100
                limit=1e400           | limit must be a number of at most 30 digits
                limit=                | limit must be a whole number
                limit                 | limit must be a whole number
                limit=ten             | limit must be a whole number
                limit=1.5             | limit must be a whole number
                limit=+5              | limit must be a whole number
                limit=%D9%A5          | limit must be a whole number
                limit=5&limit=5       | limit must be sent once
                limit=5&%6Cimit=6     | limit must be sent once
                limit=%c3%28          | limit must be percent-encoded UTF-8
                sortBy=NAME           | sortBy must be one of createdAt, name
                sortOrder=asc         | sortOrder must be one of ASC, DESC
                sortOrder=            | sortOrder must be one of ASC, DESC
                """)
        void is_refused_with_a_sentence(String query, String sentence) {
            assertThat(SERVER.get("/numbers?" + query).sentences()).containsExactly(sentence);
        }

        @ParameterizedTest
        @ValueSource(strings = {"limit=%zz", "limit=%4", "limit=%", "limit=1%4g"})
        void is_refused_when_a_parameter_is_not_percent_encoded(String query) {
            assertThat(raw(query))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("\"message\":[\"limit must be percent-encoded UTF-8\"]");
        }

        @Test
        void is_answered_when_unknown_parameters_are_not_percent_encoded() {
            assertThat(raw("x=%zz&%zz=1&%&limit=1&y=%4"))
                    .startsWith("HTTP/1.1 200 ")
                    .contains("\"meta\":{\"page\":1,\"limit\":1,");
        }

        /** The whole response to a target that no HTTP client would send. */
        private static String raw(String query) {
            return RawHttp.send(
                    SERVER.port(),
                    "GET /numbers?%s HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".formatted(query));
        }

        @Test
        void is_refused_with_all_sentences_at_once() {
            assertThat(SERVER.get("/numbers?page=0&limit=101&sortBy=x&sortOrder=y")
                            .sentences())
                    .hasSize(4);
        }
    }

    @Nested
    class A_short_list {
        @Test
        void has_no_meta() {
            assertThat(SERVER.get("/short").body()).isEqualTo("{\"success\":true,\"data\":[]}");
        }
    }

    @Nested
    class A_parameter {
        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                dryRun=true&date=2026-06-20&hours=2.5&text=a+b%2B%D8%B9 | {"dryRun":true,"date":"2026-06-20","hours":2.5,"text":"a b+\u0639"}
                dryRun=false&text=      | {"dryRun":false,"date":null,"hours":null,"text":null}
                text=a=b                | {"dryRun":false,"date":null,"hours":null,"text":"a=b"}
                """)
        void is_read_by_its_type(String query, String data) {
            assertThat(SERVER.get("/query?" + query).data()).isEqualTo(new JsonMapper().readTree(data));
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                dryRun=1               | dryRun must be true or false
                dryRun=TRUE            | dryRun must be true or false
                date=2026-06-31        | date must be a valid ISO 8601 date string
                hours=1.2              | hours must be a multiple of 0.5
                hours=0x2              | hours must be a number
                text=%ff               | text must be percent-encoded UTF-8
                text=%00               | text must not contain control characters or unpaired surrogates
                """)
        void is_refused_with_a_sentence(String query, String sentence) {
            assertThat(SERVER.get("/query?" + query).sentences()).containsExactly(sentence);
        }
    }
}
