package sa.cleanlife.partnerapi.operator;

import io.vertx.core.Future;
import java.time.Clock;
import java.util.UUID;
import java.util.function.Function;
import sa.cleanlife.partnerapi.database.Database;

/**
 * Runs the work of a command with the database that the settings name, whether the server runs or not, and with the
 * operator who makes the change. A feature's command builds its rules ({@code Partners}, {@code ApiKeys}) from the two,
 * and blocks until its work is done.
 */
public final class OperatorSession {
    /** The operator's name in a command that only reads, which leaves no entry in the audit. */
    private static final String READER = "nobody";

    /** Opens the database for some work and closes it afterwards. The program's root implements it. */
    @FunctionalInterface
    public interface DatabaseLoan {
        <T> T lend(Function<Database, T> work);
    }

    /** The work of a command for an operator. */
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

    /** Runs a change. An unusable name is refused before the database is opened. */
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
