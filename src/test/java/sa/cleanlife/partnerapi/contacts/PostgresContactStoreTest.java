package sa.cleanlife.partnerapi.contacts;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.DatabaseUrl;
import sa.cleanlife.partnerapi.database.Migrations;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/** Races of statements that no caller can cause, since the server sends them one after the other. */
@Timeout(60)
class PostgresContactStoreTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final String URI = TestPostgres.newDatabase();
    private static final Database DATABASE = new Database(VERTX, DatabaseUrl.parse(URI));
    private static final ContactStore STORE = new PostgresContactStore(DATABASE);

    @BeforeAll
    static void migrate() {
        var url = DatabaseUrl.parse(URI);
        Migrations.run(url, url.hosts().getFirst());
    }

    @AfterAll
    static void close() {
        DATABASE.close().await();
        VERTX.close().await();
    }

    /** This happens when a connection breaks during an insert: the insert goes on while it is sent again. */
    @Test
    void the_same_insert_several_times_at_once_inserts_once_and_never_fails() {
        for (int round = 0; round < 300; round++) {
            var phone = PhoneNumber.ofStored("+9665%08d".formatted(round));
            var id = UUID.randomUUID();
            var requests = new LinkedHashMap<UUID, ContactRequest>();
            requests.put(id, new ContactRequest(phone, "Ahmed Ali", "PARTNER", UUID.randomUUID(), UUID.randomUUID()));

            var inserted = Stream.generate(() -> STORE.insertMissing(requests))
                    .limit(4)
                    .toList();

            assertThat(Future.all(inserted).map(all -> 1).await()).isEqualTo(1);
            assertThat(inserted.stream()
                            .mapToInt(answer -> answer.result().size())
                            .sum())
                    .isEqualTo(1);
            assertThat(STORE.findByPhone(List.of(phone)).await().get(phone))
                    .isEqualTo(new Contact(id, phone, "Ahmed Ali"));
        }
        assertThat(TestPostgres.queryNumber(URI, "SELECT count(*) FROM contact"))
                .isEqualTo(300);
    }
}
