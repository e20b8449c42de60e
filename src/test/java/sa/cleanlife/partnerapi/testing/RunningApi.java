package sa.cleanlife.partnerapi.testing;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import sa.cleanlife.partnerapi.Server;
import sa.cleanlife.partnerapi.Settings;
import sa.cleanlife.partnerapi.Storage;
import sa.cleanlife.partnerapi.access.ApiKey;
import sa.cleanlife.partnerapi.access.ApiKeys;
import sa.cleanlife.partnerapi.access.Domain;
import sa.cleanlife.partnerapi.access.Expiry;
import sa.cleanlife.partnerapi.access.KeyLabel;
import sa.cleanlife.partnerapi.access.KeyRules;
import sa.cleanlife.partnerapi.access.Partners;
import sa.cleanlife.partnerapi.access.Permission;
import sa.cleanlife.partnerapi.operator.Operator;

/** The real application on free ports, with a database of its own or one shared with other nodes. */
public final class RunningApi implements AutoCloseable {
    private static final AtomicInteger NAMES = new AtomicInteger();

    private static final AtomicInteger PHONES = new AtomicInteger();

    /** Shared by all operator changes: starting a Vert.x for each would take longer than the change. */
    private static final Vertx ADMINISTRATION = Vertx.vertx();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ADMINISTRATION::close));
    }

    private final String database;
    private final Server api;
    private final Settings settings;
    private final Operator operator;

    private RunningApi(String database, Clock clock, Map<String, String> environment) {
        this.database = database;
        var all = new HashMap<>(environment);
        all.put("PARTNER_API_DATABASE_URL", database);
        this.settings = settings(all);
        this.operator = new Operator("tests", clock, UUID::randomUUID);
        this.api = new Server(settings, clock);
        api.start();
    }

    /** The server that most tests share; it lives until the test process ends. */
    public static RunningApi shared() {
        return Shared.SERVER;
    }

    private static final class Shared {
        static final RunningApi SERVER = start(TestPostgres.newDatabase(), Clock.systemUTC());

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close));
        }
    }

    public static RunningApi start(String database, Clock clock) {
        return new RunningApi(database, clock, Map.of());
    }

    /** A server whose commits do not wait for the disk, for tests in which durability plays no part. */
    public static RunningApi startOnForgetfulDatabase() {
        var database = TestPostgres.newDatabase();
        TestPostgres.execute(database, """
                DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$
                """);
        return start(database, Map.of("PARTNER_API_RISK_LOSING_CONTACTS", "true"));
    }

    /** Starts a server with further settings. */
    public static RunningApi start(String database, Map<String, String> environment) {
        return new RunningApi(database, Clock.systemUTC(), environment);
    }

    /** Settings for a server on free ports. */
    public static Settings settings(Map<String, String> environment) {
        var all = new HashMap<>(Map.of("PARTNER_API_PORT", "0", "PARTNER_API_MANAGEMENT_PORT", "0"));
        all.putAll(environment);
        return Settings.read(all, true);
    }

    /** A new partner with a key that has every permission. */
    public TestPartner newPartner() {
        return newPartner(Set.of(Permission.values()));
    }

    public TestPartner newPartner(Set<Permission> permissions) {
        return newPartner(KeyRules.of(permissions));
    }

    /** The domains are added before the key, so that no node ever knows the key without them. */
    public TestPartner newPartner(KeyRules rules, Domain... domains) {
        var name = "hotel-" + NAMES.incrementAndGet();
        return administer((partners, keys) -> {
            partners.add(name).await();
            for (var domain : domains) {
                partners.addDomain(name, domain).await();
            }
            return holder(name, keys.issue(name, KeyLabel.NONE, ApiKey.Kind.LIVE, rules, Expiry.NEVER));
        });
    }

    /** Issues another key to this partner. */
    public TestPartner issue(TestPartner partner, KeyRules rules, Expiry expiry) {
        return administer((partners, keys) ->
                holder(partner.name(), keys.issue(partner.name(), KeyLabel.NONE, ApiKey.Kind.LIVE, rules, expiry)));
    }

    /** Rotates the partner's key and returns the successor; the old key works until the overlap ends. */
    public TestPartner rotate(TestPartner partner, Duration overlap) {
        return administer((partners, keys) -> holder(
                partner.name(), keys.rotate(partner.keyId().toString(), overlap).map(ApiKeys.Rotated::successor)));
    }

    private TestPartner holder(String name, Future<ApiKeys.Issued> issuing) {
        var issued = issuing.await();
        return new TestPartner(this, name, issued.record().id(), issued.key().reveal());
    }

    /** A phone number that no other test uses. */
    public static String newPhone() {
        return "+96659%07d".formatted(PHONES.incrementAndGet());
    }

    /** A change by an operator, made with the classes behind the commands; its time is that of the server's clock. */
    public interface Administration<T> {
        T with(Partners partners, ApiKeys keys);
    }

    public <T> T administer(Administration<T> work) {
        try (var storage = Storage.forCommand(ADMINISTRATION, settings)) {
            return work.with(
                    new Partners(storage.database(), operator),
                    new ApiKeys(storage.database(), operator, new SecureRandom()));
        }
    }

    public List<String> routes() {
        return api.routes();
    }

    public String database() {
        return database;
    }

    public int port() {
        return api.port();
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + api.port() + path);
    }

    /** The preflight request of a browser for a page of this origin. */
    public HttpRequest.Builder preflight(String path, String origin) {
        return HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(20))
                .method("OPTIONS", BodyPublishers.noBody())
                .headers("Origin", origin, "Access-Control-Request-Method", "POST");
    }

    public URI managementUri(String path) {
        return URI.create("http://127.0.0.1:" + api.managementPort() + path);
    }

    @Override
    public void close() {
        api.close();
    }
}
