package sa.cleanlife.partnerapi.contacts;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import sa.cleanlife.partnerapi.database.Patience;
import sa.cleanlife.partnerapi.database.SimulatedDatabase;
import sa.cleanlife.partnerapi.database.VirtualLoop;

/** Contacts in a simulated database, as the statements of {@link PostgresContactStore} find and insert them. */
final class SimulatedContactStore implements ContactStore {
    /** A name that begins so is refused, as PostgreSQL would refuse a value that it cannot store. */
    static final String POISON = "poison";

    private final SimulatedDatabase database;
    private final VirtualLoop loop;
    private final Patience patience;
    private final Table table;

    SimulatedContactStore(SimulatedDatabase database, VirtualLoop loop, Table table) {
        this.database = database;
        this.loop = loop;
        this.patience = new Patience(loop);
        this.table = table;
    }

    /** What is committed. A phone and an id are there once. */
    static final class Table {
        private final Map<PhoneNumber, NewContact> byPhone = new HashMap<>();
        private final Map<UUID, NewContact> byId = new HashMap<>();
        private boolean mayDeadlock;

        Collection<NewContact> rows() {
            return byPhone.values();
        }

        /** Whether two batches could ever have waited for each other's rows, for want of one order. */
        boolean mayDeadlock() {
            return mayDeadlock;
        }

        private static <K> Map<K, Contact> among(Collection<K> wanted, Map<K, NewContact> rows) {
            var found = new HashMap<K, Contact>();
            rows.forEach((key, row) -> {
                if (wanted.contains(key)) {
                    found.put(key, contact(row));
                }
            });
            return found;
        }

        /** All of them or, when one is refused, none. */
        private Map<PhoneNumber, Contact> insert(List<NewContact> contacts) {
            if (contacts.stream().anyMatch(contact -> contact.wanted().name().startsWith(POISON))) {
                throw SimulatedDatabase.refusal("23514");
            }
            var inserted = new HashMap<PhoneNumber, Contact>();
            for (var contact : contacts) {
                if (byPhone.putIfAbsent(contact.wanted().phone(), contact) == null) {
                    if (byId.put(contact.id(), contact) != null) {
                        throw new IllegalStateException("an id was used for two phones");
                    }
                    inserted.put(contact.wanted().phone(), contact(contact));
                }
            }
            return inserted;
        }

        private static Contact contact(NewContact row) {
            return new Contact(row.id(), row.wanted().phone(), row.wanted().name());
        }
    }

    @Override
    public Future<Map<PhoneNumber, Contact>> findByPhone(Collection<PhoneNumber> phones) {
        var wanted = List.copyOf(phones);
        return patience.untilKnown(
                () -> database.send(loop, () -> "find " + sorted(wanted), () -> Table.among(wanted, table.byPhone)));
    }

    @Override
    public Future<Map<UUID, Contact>> findById(Collection<UUID> ids) {
        var wanted = List.copyOf(ids);
        return patience.untilKnown(
                () -> database.send(loop, () -> "read " + wanted, () -> Table.among(wanted, table.byId)));
    }

    @Override
    public Future<Map<PhoneNumber, Contact>> insertMissing(List<NewContact> contacts) {
        var wanted = List.copyOf(contacts);
        var phones = wanted.stream().map(contact -> contact.wanted().phone()).toList();
        table.mayDeadlock |= !phones.equals(phones.stream().sorted().distinct().toList());
        return patience.untilKnown(
                () -> database.send(loop, () -> "insert " + sorted(phones), () -> table.insert(wanted)));
    }

    private static List<String> sorted(Collection<PhoneNumber> phones) {
        return phones.stream().map(PhoneNumber::e164).sorted().toList();
    }
}
