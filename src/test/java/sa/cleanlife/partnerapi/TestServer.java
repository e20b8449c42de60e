package sa.cleanlife.partnerapi;

import io.vertx.core.Vertx;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import sa.cleanlife.partnerapi.access.ApiKey;
import sa.cleanlife.partnerapi.access.ApiKeys;
import sa.cleanlife.partnerapi.access.Partners;
import sa.cleanlife.partnerapi.access.Permission;

/** The real application on free ports, on a database of its own or one that it shares with another. */
final class TestServer implements AutoCloseable {
    private static final AtomicInteger NAMES = new AtomicInteger();

    private static final AtomicInteger PHONES = new AtomicInteger();

    private final String database;
    private final PartnerApi api;
    private final Settings settings;

    private TestServer(String database, Clock clock) {
        this.database = database;
        this.settings = settings(Map.of("PARTNER_API_DATABASE_URL", database));
        this.api = new PartnerApi(settings, clock);
        api.start();
    }

    /** The one that most tests share; it lives as long as the run. */
    static TestServer shared() {
        return Shared.SERVER;
    }

    private static final class Shared {
        static final TestServer SERVER = start(TestPostgres.newDatabase(), Clock.systemUTC());

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close));
        }
    }

    static TestServer start(String database, Clock clock) {
        return new TestServer(database, clock);
    }

    /** Settings for a server of its own ports. */
    static Settings settings(Map<String, String> environment) {
        var all = new HashMap<>(Map.of("PARTNER_API_PORT", "0", "PARTNER_API_MANAGEMENT_PORT", "0"));
        all.putAll(environment);
        return Settings.read(all, true);
    }

    /** A partner with a key that has every permission. */
    TestPartner newPartner() {
        return newPartner(Set.of(Permission.values()));
    }

    TestPartner newPartner(Set<Permission> permissions) {
        var name = "hotel-" + NAMES.incrementAndGet();
        return administer((partners, keys) -> {
            partners.add(name).await();
            var issued = keys.issue(name, permissions, ApiKey.Kind.LIVE, Optional.empty())
                    .await();
            return new TestPartner(
                    this, name, issued.record().id(), issued.key().reveal());
        });
    }

    /** A phone that no other test uses. */
    static String newPhone() {
        return "+96659%07d".formatted(PHONES.incrementAndGet());
    }

    /** What an operator does, in the way that the commands do it. */
    interface Administration<T> {
        T with(Partners partners, ApiKeys keys);
    }

    <T> T administer(Administration<T> work) {
        var vertx = Vertx.vertx();
        try (var storage = Storage.forCommand(vertx, settings)) {
            storage.prepare(() -> false);
            return work.with(
                    new Partners(storage.database(), Clock.systemUTC(), UUID::randomUUID),
                    new ApiKeys(storage.database(), Clock.systemUTC(), UUID::randomUUID, new SecureRandom()));
        } finally {
            vertx.close().await();
        }
    }

    List<String> routes() {
        return api.routes();
    }

    String database() {
        return database;
    }

    int port() {
        return api.port();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + api.port() + path);
    }

    URI managementUri(String path) {
        return URI.create("http://127.0.0.1:" + api.managementPort() + path);
    }

    @Override
    public void close() {
        api.close();
    }
}
