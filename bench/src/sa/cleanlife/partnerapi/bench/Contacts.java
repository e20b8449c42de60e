package sa.cleanlife.partnerapi.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.BitSet;

/**
 * The contacts of a database that the server has migrated: {@code size} of them with the phones from +966500000000 on, in
 * the same state before each measurement.
 */
final class Contacts {
    private final Database database;
    private final int size;

    /** Whether contacts were added since the last restore. */
    private boolean changed;

    private Contacts(Database database, int size) {
        this.database = database;
        this.size = size;
    }

    /** Ids that are as spread over the index as random ones, and the same in every run. */
    static Contacts fill(Database database, int size) {
        // As the migrations made it, whatever that is.
        var uniquePhone = database.text(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'contact_phone_key'");
        database.execute(
                "ALTER TABLE contact DROP CONSTRAINT contact_pkey, DROP CONSTRAINT contact_phone_key",
                """
                INSERT INTO contact (id, phone, name, utm_source, created_by_partner, created_by_key)
                SELECT md5('contact ' || n)::uuid, '+966' || (500000000 + n), 'Ahmed Ali', '',
                       '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'
                  FROM generate_series(0, %d) AS n
                """.formatted(size - 1),
                "SET maintenance_work_mem = '512MB'",
                "ALTER TABLE contact ADD PRIMARY KEY (id), ADD CONSTRAINT contact_phone_key " + uniquePhone);
        settle(database);
        return new Contacts(database, size);
    }

    /** Keeps a copy beside the table, so that {@link #restore} is quick. */
    Contacts kept() {
        database.execute("CREATE SCHEMA bench", "CREATE TABLE bench.contact AS TABLE contact");
        settle(database);
        return this;
    }

    private static void settle(Database database) {
        database.execute("VACUUM (ANALYZE) contact", "CHECKPOINT");
    }

    void restore() {
        if (changed) {
            database.execute("TRUNCATE contact", "INSERT INTO contact SELECT * FROM bench.contact");
            settle(database);
            changed = false;
        }
    }

    void markChanged() {
        changed = true;
    }

    int size() {
        return size;
    }

    Database database() {
        return database;
    }

    long count() {
        return database.number("SELECT count(*) FROM contact");
    }

    /** Fails unless there are just those that it was filled with. */
    void requireUnchanged(String what) {
        long now = count();
        CheckFailedException.require(now == size, "%s: there are %d contacts instead of %d", what, now, size);
    }

    /** Fails unless each of them is there, by the eight digits that phones differ in. */
    void requireThere(BitSet numbers, String what) {
        var missing = (BitSet) numbers.clone();
        try (var connection = database.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT substr(phone, 6)::integer FROM contact")) {
            while (rows.next()) {
                missing.clear(rows.getInt(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        CheckFailedException.require(
                missing.isEmpty(), "%s: %d acknowledged contacts are not there", what, missing.cardinality());
    }

    /** The ids in the order of the phones, one a line. */
    Path writeIds(Path file) {
        try (var out = Files.newBufferedWriter(file);
                var connection = database.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT id FROM contact ORDER BY phone")) {
            while (rows.next()) {
                out.append(rows.getString(1)).append('\n');
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
