package sa.cleanlife.partnerapi.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.BitSet;

/**
 * The contacts of a migrated database: {@code size} of them with the phones from +966500000000 on, in the same state
 * before each measurement.
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

    /** Fills the table; the ids are spread over the index like random ones, and are the same in every run. */
    static Contacts fill(Database database, int size) {
        // Read from the catalog, so that the index is the one that the migrations made.
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

    /** Keeps a copy of the table, so that {@link #restore} is quick. */
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

    /** Fails unless the contacts are exactly those that the table was filled with. */
    void requireUnchanged(String what) {
        long now = count();
        CheckFailedException.require(now == size, "%s: there are %d contacts instead of %d", what, now, size);
    }

    /** Fails unless each of these exists, given by the eight digits in which phones differ. */
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
                missing.isEmpty(), "%s: %d acknowledged contacts are missing", what, missing.cardinality());
    }

    /** Writes the ids in the order of the phones, one a line. */
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
