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

/** The real application on free ports, on a database of its own or one that it shares with another. */
public final class RunningApi implements AutoCloseable {
    private static final AtomicInteger NAMES = new AtomicInteger();

    private static final AtomicInteger PHONES = new AtomicInteger();

    /** For all that operators do: to start one for each would take longer than what they do. */
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

    /** The one that most tests share; it lives as long as the run. */
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

    /** For a test of what the disk plays no part in: no answer waits for it, however slow it is. */
    public static RunningApi startOnForgetfulDatabase() {
        var database = TestPostgres.newDatabase();
        TestPostgres.execute(database, """
                DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$
                """);
        return start(database, Map.of("PARTNER_API_RISK_LOSING_CONTACTS", "true"));
    }

    /** With settings besides the database's. */
    public static RunningApi start(String database, Map<String, String> environment) {
        return new RunningApi(database, Clock.systemUTC(), environment);
    }

    /** Settings for a server of its own ports. */
    public static Settings settings(Map<String, String> environment) {
        var all = new HashMap<>(Map.of("PARTNER_API_PORT", "0", "PARTNER_API_MANAGEMENT_PORT", "0"));
        all.putAll(environment);
        return Settings.read(all, true);
    }

    /** A partner with a key that has every permission. */
    public TestPartner newPartner() {
        return newPartner(Set.of(Permission.values()));
    }

    public TestPartner newPartner(Set<Permission> permissions) {
        return newPartner(KeyRules.of(permissions));
    }

    /** Its domains are there before its key: so no node ever knows the key without them. */
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

    /** Another key of that partner's. */
    public TestPartner issue(TestPartner partner, KeyRules rules, Expiry expiry) {
        return administer((partners, keys) ->
                holder(partner.name(), keys.issue(partner.name(), KeyLabel.NONE, ApiKey.Kind.LIVE, rules, expiry)));
    }

    /** The key that takes the place of that one, which is good until the overlap is over. */
    public TestPartner rotate(TestPartner partner, Duration overlap) {
        return administer((partners, keys) -> holder(
                partner.name(), keys.rotate(partner.keyId().toString(), overlap).map(ApiKeys.Rotated::successor)));
    }

    private TestPartner holder(String name, Future<ApiKeys.Issued> issuing) {
        var issued = issuing.await();
        return new TestPartner(this, name, issued.record().id(), issued.key().reveal());
    }

    /** A phone that no other test uses. */
    public static String newPhone() {
        return "+96659%07d".formatted(PHONES.incrementAndGet());
    }

    /** What an operator does, by what the commands are made of; the time is that of the server's clock. */
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

    /** What a browser asks before it lets a page of that origin call. */
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
