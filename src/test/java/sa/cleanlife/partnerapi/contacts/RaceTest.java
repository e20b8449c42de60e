package sa.cleanlife.partnerapi.contacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sa.cleanlife.partnerapi.testing.LoadClient;
import sa.cleanlife.partnerapi.testing.LoadClient.Reply;
import sa.cleanlife.partnerapi.testing.RunningApi;
import sa.cleanlife.partnerapi.testing.TestPartner;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/** Many simultaneous requests for the same phones, on one node and on two, create one contact per phone. */
@Timeout(60)
class RaceTest {
    private static final int CROWD = 200;
    private static final AtomicInteger PHONES = new AtomicInteger(40_000_000);

    private static RunningApi oneNode;
    private static RunningApi otherNode;
    private static TestPartner hotel;
    private static TestPartner mall;
    private static LoadClient client;

    @BeforeAll
    static void start_two_nodes_on_one_database() {
        var database = TestPostgres.newDatabase();
        oneNode = RunningApi.start(database, Clock.systemUTC());
        otherNode = RunningApi.start(database, Clock.systemUTC());
        hotel = oneNode.newPartner();
        mall = oneNode.newPartner();
        client = new LoadClient(CROWD);
    }

    @AfterAll
    static void stop() {
        try (var _ = oneNode;
                var _ = otherNode;
                var _ = client) {
            // Try-with-resources closes each node even if another fails to close.
        }
    }

    @RepeatedTest(5)
    void exactly_one_of_many_requests_for_a_new_phone_creates_the_contact() {
        var phone = newPhone();

        var replies = LoadClient.all(IntStream.range(0, CROWD)
                .mapToObj(i -> ask(i % 2 == 0 ? hotel : mall, spelling(phone, i), "Ahmed Ali"))
                .toList());

        assertThatOneCreatedIt(phone, replies);
    }

    @RepeatedTest(5)
    void exactly_one_of_many_requests_on_two_nodes_creates_the_contact() {
        var phone = newPhone();

        var replies = LoadClient.all(IntStream.range(0, CROWD)
                .mapToObj(i -> ask(
                        (i % 2 == 0 ? hotel : mall).at(i % 4 < 2 ? oneNode : otherNode),
                        spelling(phone, i),
                        "Ahmed Ali"))
                .toList());

        assertThatOneCreatedIt(phone, replies);
    }

    @RepeatedTest(5)
    void the_name_of_the_creating_request_is_stored_and_returned_to_all() {
        var phone = newPhone();
        var names = List.of("Ahmed Ali", "سارة", "Somebody Else");
        var asked = new HashMap<Integer, String>();

        var replies = LoadClient.all(IntStream.range(0, 60)
                .mapToObj(i -> {
                    asked.put(i, names.get(i % 3));
                    return ask(hotel.at(i % 2 == 0 ? oneNode : otherNode), spelling(phone, i), names.get(i % 3));
                })
                .toList());

        assertThatOneCreatedIt(phone, replies);
        int creator = IntStream.range(0, replies.size())
                .filter(i -> replies.get(i).isNewContact())
                .findFirst()
                .orElseThrow();
        assertThat(replies).extracting(Reply::name).containsOnly(asked.get(creator));
        assertThat(rows("phone = '%s' AND name = '%s'".formatted(phone, asked.get(creator))))
                .isEqualTo(1);
    }

    @RepeatedTest(3)
    void exactly_one_request_in_the_batches_of_all_event_loops_creates_the_contact() throws Exception {
        var phone = newPhone();

        var replies = inOneBatch(() -> IntStream.range(0, CROWD)
                .mapToObj(i -> ask(hotel.at(i % 2 == 0 ? oneNode : otherNode), spelling(phone, i), "Ahmed Ali"))
                .toList());

        assertThatOneCreatedIt(phone, replies);
    }

    @Test
    void two_nodes_with_requests_for_the_same_10_000_phones_create_each_contact_once() {
        long seed = new Random().nextLong();
        System.out.println("RaceTest seed: " + seed);
        record Ask(TestPartner partner, String phone, String spelling) {}
        var phones = IntStream.range(0, 10_000).mapToObj(i -> newPhone()).toList();
        var asks = new ArrayList<Ask>();
        for (int i = 0; i < phones.size(); i++) {
            var phone = phones.get(i);
            asks.add(new Ask(hotel.at(oneNode), phone, spelling(phone, i)));
            asks.add(new Ask(mall.at(otherNode), phone, spelling(phone, i / 2)));
        }
        Collections.shuffle(asks, new Random(seed));
        long before = rows("true");

        // In waves: a request that waits for a connection also waits for its response, and would time out.
        var replies = new ArrayList<Reply>();
        for (int from = 0; from < asks.size(); from += 1_000) {
            replies.addAll(LoadClient.all(asks.subList(from, from + 1_000).stream()
                    .map(each -> ask(each.partner(), each.spelling(), "Ahmed Ali"))
                    .toList()));
        }

        var byPhone = replies.stream().collect(Collectors.groupingBy(Reply::phone));
        assertThat(byPhone.keySet()).as("phones, seed %d", seed).containsExactlyInAnyOrderElementsOf(phones);
        assertThat(byPhone.entrySet().stream().filter(phone -> !isOneNewContact(phone.getValue())))
                .as("phones that were not created exactly once, with one id, seed %d", seed)
                .isEmpty();
        assertThat(rows("true") - before).as("rows, seed %d", seed).isEqualTo(10_000);
        assertThat(TestPostgres.queryNumber(oneNode.database(), "SELECT count(DISTINCT phone) FROM contact"))
                .isEqualTo(rows("true"));
    }

    @Test
    void a_request_that_the_database_refuses_does_not_fail_the_others_of_its_batch() throws Exception {
        // PostgreSQL rejects no value that passes the server's checks, so a constraint makes it reject one name.
        TestPostgres.execute(
                oneNode.database(),
                "ALTER TABLE contact ADD CONSTRAINT dislike CHECK (name <> 'Disliked Name') NOT VALID");
        try {
            var neighbours = IntStream.range(0, 50).mapToObj(i -> newPhone()).toList();
            var refused = newPhone();

            var replies = inOneBatch(() -> {
                var requests = new ArrayList<Future<Reply>>();
                for (int i = 0; i < neighbours.size(); i++) {
                    requests.add(ask(hotel, neighbours.get(i), "Ahmed Ali"));
                    if (i == neighbours.size() / 2) {
                        requests.add(ask(hotel, refused, "Disliked Name"));
                    }
                }
                return requests;
            });

            var spoiled = replies.remove(neighbours.size() / 2 + 1).checkedAnswerToPost();
            spoiled.error(500, "INTERNAL_ERROR");
            assertThat(spoiled.body())
                    .doesNotContainIgnoringCase("dislike", "contact", "constraint", "SQL", "23514", "pg", "Exception")
                    .doesNotContain(refused, refused.substring(4));
            for (int i = 0; i < neighbours.size(); i++) {
                var answer = replies.get(i).checkedAnswerToPost();
                assertThat(answer.isNewContact()).isTrue();
                assertThat(answer.data().get("phone").asString()).isEqualTo(neighbours.get(i));
            }
            assertThat(rows("phone IN ('%s')".formatted(String.join("', '", neighbours))))
                    .isEqualTo(neighbours.size());
            assertThat(rows("phone = '" + refused + "'")).isZero();
        } finally {
            TestPostgres.execute(oneNode.database(), "ALTER TABLE contact DROP CONSTRAINT dislike");
        }
    }

    /** Locks the table so that requests queue up behind a batch, and then releases them all at once. */
    private static List<Reply> inOneBatch(Supplier<List<Future<Reply>>> requests) throws Exception {
        var others = new ArrayList<Future<Reply>>();
        List<Future<Reply>> piledUp;
        try (var lock = TestPostgres.connect(oneNode.database())) {
            lock.setAutoCommit(false);
            lock.createStatement().execute("LOCK TABLE contact IN ACCESS EXCLUSIVE MODE");
            for (int i = 0; i < 20; i++) {
                others.add(ask(hotel.at(oneNode), newPhone(), "Ahmed Ali"));
                others.add(ask(hotel.at(otherNode), newPhone(), "Ahmed Ali"));
            }
            // By now a batch of each event loop waits for the lock.
            Thread.sleep(200);
            piledUp = requests.get();
            Thread.sleep(400);
            assertThat(piledUp).noneMatch(Future::isComplete);
            lock.commit();
        }
        assertThat(LoadClient.all(others)).allMatch(Reply::isNewContact);
        return new ArrayList<>(LoadClient.all(piledUp));
    }

    /** Retries after a 503, as a client should: such a crowd may be more than the machine can serve in time. */
    private static Future<Reply> ask(TestPartner partner, String phone, String name) {
        return client.postContact(partner.server().port(), partner.key(), phone, name)
                .compose(reply -> {
                    if (reply.status() != 503) {
                        return Future.succeededFuture(reply);
                    }
                    Promise<Reply> again = Promise.promise();
                    client.after(
                            Duration.ofMillis(200),
                            () -> ask(partner, phone, name).onComplete(again));
                    return again.future();
                });
    }

    private static String newPhone() {
        return "+9665" + PHONES.getAndIncrement();
    }

    /** One of the accepted spellings of this mobile number. */
    private static String spelling(String phone, int which) {
        var digits = phone.substring("+966".length());
        return switch (which % 6) {
            case 0 -> phone;
            case 1 -> "+966-" + digits.substring(0, 2) + "-" + digits.substring(2, 5) + "-" + digits.substring(5);
            case 2 -> "+966(0)" + digits;
            case 3 -> "+9660" + digits;
            case 4 -> phone.chars().mapToObj(RaceTest::arabicIndic).collect(Collectors.joining());
            case 5 -> "\u200E" + phone;
            default -> fail("there are six spellings");
        };
    }

    private static String arabicIndic(int c) {
        return Character.toString(c >= '0' && c <= '9' ? c - '0' + '٠' : c);
    }

    private static void assertThatOneCreatedIt(String phone, List<Reply> replies) {
        assertThat(replies).extracting(Reply::phone).containsOnly(phone);
        assertThat(replies)
                .extracting(Reply::id)
                .containsOnly(replies.getFirst().id());
        assertThat(replies.stream().filter(Reply::isNewContact).count())
                .as("responses with isNewContact")
                .isEqualTo(1);
        assertThat(rows("phone = '%s' AND id = '%s'"
                        .formatted(phone, replies.getFirst().id())))
                .isEqualTo(1);
        assertThat(rows("phone = '%s'".formatted(phone))).isEqualTo(1);
    }

    private static boolean isOneNewContact(List<Reply> replies) {
        return replies.size() == 2
                && replies.stream().map(Reply::id).distinct().count() == 1
                && replies.stream().filter(Reply::isNewContact).count() == 1;
    }

    private static long rows(String condition) {
        return TestPostgres.queryNumber(oneNode.database(), "SELECT count(*) FROM contact WHERE " + condition);
    }
}
