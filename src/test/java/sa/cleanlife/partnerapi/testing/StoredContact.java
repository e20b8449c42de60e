package sa.cleanlife.partnerapi.testing;

import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;

/** A row of the contact table, read past the server, with its partner's name. */
public record StoredContact(
        UUID id, String phone, String name, String utmSource, Instant createdAt, String createdBy, UUID createdByKey) {
    public static StoredContact withPhone(RunningApi server, String phone) {
        try (var connection = TestPostgres.connect(server.database());
                var query = connection.prepareStatement("""
                        SELECT contact.id, phone, contact.name, utm_source, contact.created_at, partner.name AS created_by,
                               created_by_key
                          FROM contact
                          JOIN partner ON partner.id = created_by_partner
                         WHERE phone = ?
                        """)) {
            query.setString(1, phone);
            try (var rows = query.executeQuery()) {
                if (!rows.next()) {
                    throw new AssertionError("no contact is stored with the phone " + phone);
                }
                return new StoredContact(
                        rows.getObject("id", UUID.class),
                        rows.getString("phone"),
                        rows.getString("name"),
                        rows.getString("utm_source"),
                        rows.getObject("created_at", OffsetDateTime.class).toInstant(),
                        rows.getString("created_by"),
                        rows.getObject("created_by_key", UUID.class));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The number of stored contacts. */
    public static long count(RunningApi server) {
        return TestPostgres.queryNumber(server.database(), "SELECT count(*) FROM contact");
    }
}
