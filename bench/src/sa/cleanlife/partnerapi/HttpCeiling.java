package sa.cleanlife.partnerapi;

import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import sa.cleanlife.partnerapi.logging.Logging;
import sa.cleanlife.partnerapi.contacts.ConstantContacts;

/**
 * The whole server without the database's part in finding contacts: the most that it could serve. It has the server's
 * own environment variables; keys are read from the database as usual.
 */
public final class HttpCeiling {
    private HttpCeiling() {}

    public static void main(String[] args) throws InterruptedException {
        var settings = Settings.read(System.getenv(), false);
        Logging.use(settings.logFormat());
        var server = new Server(
                settings,
                Clock.systemUTC(),
                (database, quota, meters) -> ConstantContacts.contacts(database.scheduler(), quota, meters));
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        server.start();
        System.out.printf("The HTTP ceiling listens on http://%s:%d.%n", settings.host(), server.port());
        new CountDownLatch(1).await();
    }
}
