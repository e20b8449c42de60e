package sa.cleanlife.partnerapi.contacts;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.function.Function;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.Sql;

/** The SQL of contacts. They belong to the platform, so no statement is limited to the contacts of one partner. */
final class PostgresContactStore implements ContactStore {
    private final Database database;

    PostgresContactStore(Database database) {
        this.database = database;
    }

    @Override
    public Future<Map<PhoneNumber, Contact>> findByPhone(Collection<PhoneNumber> phones) {
        return database.query("""
                SELECT id, phone, name
                  FROM contact
                 WHERE phone = ANY ($1)
                """, Sql.tuple((Object)
                        phones.stream().map(PhoneNumber::e164).toArray(String[]::new)))
                .map(PostgresContactStore::byPhone);
    }

    @Override
    public Future<Map<UUID, Contact>> findById(Collection<UUID> ids) {
        return database.query("""
                SELECT id, phone, name
                  FROM contact
                 WHERE id = ANY ($1)
                """, Sql.tuple((Object) ids.toArray(UUID[]::new))).map(rows -> {
            var found = new HashMap<UUID, Contact>();
            for (var row : rows) {
                var contact = contact(row);
                found.put(contact.id(), contact);
            }
            return found;
        });
    }

    /**
     * Inserts the missing contacts and returns the ones that were inserted. If several requests race for a phone, on
     * this node or another, the unique index lets one of them insert. Its row is invisible to statements that began
     * before, so the others must find it with a new statement. An insert whose response was lost may still be running
     * when it is retried, and then conflicts on the id first: so no conflict is an error, and not only that of phones.
     *
     * @param requests ordered by phone, so that two batches that wait for each other's rows cannot deadlock
     */
    @Override
    public Future<Map<PhoneNumber, Contact>> insertMissing(SequencedMap<UUID, ContactRequest> requests) {
        return database.query(
                        """
                INSERT INTO contact (id, phone, name, utm_source, created_by_partner, created_by_key)
                SELECT id, phone, name, utm_source, partner, key
                  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::uuid[])
                       AS wanted (id, phone, name, utm_source, partner, key)
                    ON CONFLICT DO NOTHING
                RETURNING id, phone, name
                """,
                        Sql.tuple(
                                requests.sequencedKeySet().toArray(UUID[]::new),
                                texts(requests, request -> request.phone().e164()),
                                texts(requests, ContactRequest::name),
                                texts(requests, ContactRequest::utmSource),
                                ids(requests, ContactRequest::partner),
                                ids(requests, ContactRequest::key)))
                .map(PostgresContactStore::byPhone);
    }

    private static String[] texts(SequencedMap<UUID, ContactRequest> requests, Function<ContactRequest, String> text) {
        return requests.sequencedValues().stream().map(text).toArray(String[]::new);
    }

    private static UUID[] ids(SequencedMap<UUID, ContactRequest> requests, Function<ContactRequest, UUID> id) {
        return requests.sequencedValues().stream().map(id).toArray(UUID[]::new);
    }

    private static Map<PhoneNumber, Contact> byPhone(RowSet<Row> rows) {
        var found = new HashMap<PhoneNumber, Contact>();
        for (var row : rows) {
            var contact = contact(row);
            found.put(contact.phone(), contact);
        }
        return found;
    }

    private static Contact contact(Row row) {
        return new Contact(row.getUUID("id"), PhoneNumber.ofStored(row.getString("phone")), row.getString("name"));
    }
}
