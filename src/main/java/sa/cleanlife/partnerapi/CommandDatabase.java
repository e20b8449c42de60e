package sa.cleanlife.partnerapi;

import java.util.function.Function;
import java.util.function.Supplier;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.operator.OperatorSession.DatabaseLoan;

/** The database that the settings name, opened for one command and closed after it, whether the server runs or not. */
public record CommandDatabase(Supplier<Settings> settings) implements DatabaseLoan {
    @Override
    public <T> T lend(Function<Database, T> work) {
        var named = settings.get();
        var vertx = EventLoops.forCommand();
        try (var storage = Storage.forCommand(vertx, named)) {
            storage.prepare(() -> false);
            return work.apply(storage.database());
        } finally {
            EventLoops.stop(vertx);
        }
    }
}
