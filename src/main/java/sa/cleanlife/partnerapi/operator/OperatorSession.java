package sa.cleanlife.partnerapi.operator;

import io.vertx.core.Future;
import java.time.Clock;
import java.util.UUID;
import java.util.function.Function;
import sa.cleanlife.partnerapi.database.Database;

/**
 * Lends a command the database that the settings name, whether the server runs or not, and tells it who acts. A feature's
 * command builds its rules ({@code Partners}, {@code ApiKeys}) from the two, and blocks until its work is done.
 */
public final class OperatorSession {
    /** Stands for whoever only reads: nothing that is read is put down in the audit. */
    private static final String READER = "nobody";

    /** Opens the database, and closes it when the work is over. The program's root knows how. */
    @FunctionalInterface
    public interface DatabaseLoan {
        <T> T lend(Function<Database, T> work);
    }

    /** What a command does with the database, for the operator. */
    @FunctionalInterface
    public interface Work<T> {
        Future<T> on(Database database, Operator operator);
    }

    private final DatabaseLoan database;
    private final Clock clock;

    public OperatorSession(DatabaseLoan database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Refuses an unusable name before the database is opened. */
    public <T> T change(OperatorOption as, Work<T> work) {
        return run(as.name(), work);
    }

    public <T> T read(Work<T> work) {
        return run(READER, work);
    }

    private <T> T run(String name, Work<T> work) {
        var operator = new Operator(name, clock, UUID::randomUUID);
        return database.lend(lent -> work.on(lent, operator).await());
    }
}
