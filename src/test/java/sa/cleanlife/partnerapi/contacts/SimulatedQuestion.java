package sa.cleanlife.partnerapi.contacts;

import io.vertx.core.Future;
import java.util.UUID;
import sa.cleanlife.partnerapi.faults.History;
import sa.cleanlife.partnerapi.faults.History.Answer;
import sa.cleanlife.partnerapi.faults.History.FindOrCreate;
import sa.cleanlife.partnerapi.faults.History.Read;
import sa.cleanlife.partnerapi.faults.History.Refused;
import sa.cleanlife.partnerapi.faults.History.Told;

/** A request of a client in a simulated run; it may be sent repeatedly. */
sealed interface SimulatedQuestion {
    Future<Answer> ask(Contacts contacts);

    History.Call call(long startNanos, long endNanos, Answer answer);

    /** The largest number of database questions that it becomes. */
    int parts();

    /** Whether the database refuses it, if it has to be stored at all. */
    boolean isPoisoned();

    record ByPhone(PhoneNumber phone, String spelling, String name, boolean isLimited) implements SimulatedQuestion {
        /** Each attempt is another request to the server, with its own id for a new contact. */
        @Override
        public Future<Answer> ask(Contacts contacts) {
            var key = isLimited ? SimulatedCluster.KEY_WITH_QUOTA : SimulatedCluster.KEY_WITHOUT_QUOTA;
            var request = new ContactRequest(phone, name, "PARTNER", new UUID(0, 0), key);
            return contacts.findOrCreate(request).map(found -> told(found.contact(), found.isNew()));
        }

        @Override
        public History.Call call(long startNanos, long endNanos, Answer answer) {
            return new FindOrCreate(phone.e164(), spelling, name, startNanos, endNanos, answer);
        }

        /** With a quota it becomes four: find, reserve, insert, and find again. */
        @Override
        public int parts() {
            return isLimited ? 4 : 1;
        }

        @Override
        public boolean isPoisoned() {
            return name.startsWith(SimulatedContactStore.POISON);
        }
    }

    record ById(UUID id) implements SimulatedQuestion {
        @Override
        public Future<Answer> ask(Contacts contacts) {
            return contacts.find(id)
                    .map(found -> found.map(contact -> told(contact, false)).orElse(new Refused(404)));
        }

        @Override
        public History.Call call(long startNanos, long endNanos, Answer answer) {
            return new Read(id, startNanos, endNanos, answer);
        }

        @Override
        public int parts() {
            return 1;
        }

        @Override
        public boolean isPoisoned() {
            return false;
        }
    }

    private static Answer told(Contact contact, boolean isNew) {
        return new Told(contact.id(), contact.phone().e164(), contact.name(), isNew);
    }
}
