package sa.cleanlife.partnerapi.cli;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import sa.cleanlife.partnerapi.Settings;
import sa.cleanlife.partnerapi.Storage;
import sa.cleanlife.partnerapi.access.ApiKeys;
import sa.cleanlife.partnerapi.access.Partners;

/** Lets a command change partners and keys in the database that the settings name, whether the server runs or not. */
final class Administration {
    private final Settings settings;
    private final Clock clock;

    Administration(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    <T> T withPartners(Function<Partners, Future<T>> work) {
        return withStorage(storage -> work.apply(new Partners(storage.database(), clock, UUID::randomUUID)));
    }

    <T> T withKeys(Function<ApiKeys, Future<T>> work) {
        return withStorage(
                storage -> work.apply(new ApiKeys(storage.database(), clock, UUID::randomUUID, new SecureRandom())));
    }

    private <T> T withStorage(Function<Storage, Future<T>> work) {
        var vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        try (var storage = Storage.forCommand(vertx, settings)) {
            storage.prepare(() -> false);
            return work.apply(storage).await();
        } finally {
            // A connection to a database that hangs would hold this up for ever.
            vertx.close().timeout(2, TimeUnit.SECONDS).otherwiseEmpty().await();
        }
    }
}
