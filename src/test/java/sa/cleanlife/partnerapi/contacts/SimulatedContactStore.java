package sa.cleanlife.partnerapi.contacts;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.UUID;
import sa.cleanlife.partnerapi.database.RetryPolicy;
import sa.cleanlife.partnerapi.database.SimulatedDatabase;
import sa.cleanlife.partnerapi.database.VirtualLoop;

/** Contacts in a simulated database, found and inserted as the statements of {@link PostgresContactStore} do. */
final class SimulatedContactStore implements ContactStore {
    /** The prefix of a name that the database refuses, as PostgreSQL would a value that it cannot store. */
    static final String POISON = "poison";

    private final SimulatedDatabase database;
    private final VirtualLoop loop;
    private final RetryPolicy retryPolicy;
    private final Table table;

    SimulatedContactStore(SimulatedDatabase database, VirtualLoop loop, Table table) {
        this.database = database;
        this.loop = loop;
        this.retryPolicy = new RetryPolicy(loop);
        this.table = table;
    }

    /** A stored contact with the request that created it. */
    record Row(UUID id, ContactRequest request) {
        Contact contact() {
            return new Contact(id, request.phone(), request.name());
        }
    }

    /** The committed rows. Phones and ids are unique. */
    static final class Table {
        private final Map<PhoneNumber, Row> byPhone = new HashMap<>();
        private final Map<UUID, Row> byId = new HashMap<>();
        private boolean mayDeadlock;

        Collection<Row> rows() {
            return byPhone.values();
        }

        /** Whether a batch was not sorted by phone, so that two batches could have waited for each other's rows. */
        boolean mayDeadlock() {
            return mayDeadlock;
        }

        private static <K> Map<K, Contact> among(Collection<K> wanted, Map<K, Row> rows) {
            var found = new HashMap<K, Contact>();
            rows.forEach((key, row) -> {
                if (wanted.contains(key)) {
                    found.put(key, row.contact());
                }
            });
            return found;
        }

        /** Inserts all of them or, when one is refused, none. */
        private Map<PhoneNumber, Contact> insert(SequencedMap<UUID, ContactRequest> requests) {
            if (requests.values().stream().anyMatch(request -> request.name().startsWith(POISON))) {
                throw SimulatedDatabase.refusal("23514");
            }
            var inserted = new HashMap<PhoneNumber, Contact>();
            requests.forEach((id, request) -> {
                var row = new Row(id, request);
                if (byPhone.putIfAbsent(request.phone(), row) == null) {
                    if (byId.put(id, row) != null) {
                        throw new IllegalStateException("an id was used for two phones");
                    }
                    inserted.put(request.phone(), row.contact());
                }
            });
            return inserted;
        }
    }

    @Override
    public Future<Map<PhoneNumber, Contact>> findByPhone(Collection<PhoneNumber> phones) {
        var wanted = List.copyOf(phones);
        return retryPolicy.untilKnown(
                () -> database.send(loop, () -> "find " + sorted(wanted), () -> Table.among(wanted, table.byPhone)));
    }

    @Override
    public Future<Map<UUID, Contact>> findById(Collection<UUID> ids) {
        var wanted = List.copyOf(ids);
        return retryPolicy.untilKnown(
                () -> database.send(loop, () -> "read " + wanted, () -> Table.among(wanted, table.byId)));
    }

    @Override
    public Future<Map<PhoneNumber, Contact>> insertMissing(SequencedMap<UUID, ContactRequest> requests) {
        var wanted = new LinkedHashMap<>(requests);
        var phones = wanted.values().stream().map(ContactRequest::phone).toList();
        table.mayDeadlock |= !phones.equals(phones.stream().sorted().distinct().toList());
        return retryPolicy.untilKnown(
                () -> database.send(loop, () -> "insert " + sorted(phones), () -> table.insert(wanted)));
    }

    private static List<String> sorted(Collection<PhoneNumber> phones) {
        return phones.stream().map(PhoneNumber::e164).sorted().toList();
    }
}
