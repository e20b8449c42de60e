package sa.cleanlife.partnerapi.faults;

import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;

/** All requests and their outcomes as the callers saw them. It is thread-safe. */
public final class History {
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();

    /** One request, from its sending to its response or its caller's timeout. All times are of one clock. */
    public sealed interface Call {
        long startNanos();

        long endNanos();

        Answer answer();
    }

    /**
     * A request that found or created a contact, or may have.
     *
     * @param phone in the stored form, whatever spelling was sent
     * @param name as it would be stored
     */
    public record FindOrCreate(
            String phone, String spelling, String name, long startNanos, long endNanos, Answer answer)
            implements Call {}

    /** A request that read a contact by its id. */
    public record Read(UUID id, long startNanos, long endNanos, Answer answer) implements Call {}

    /** The outcome for a caller. */
    public sealed interface Answer {}

    /** Success, with the contact. */
    public record Told(UUID id, String phone, String name, boolean isNewContact) implements Answer {}

    /**
     * A refusal. After a 503 or a 500 the request may have taken effect all the same; after any other status it did
     * not.
     */
    public record Refused(int status) implements Answer {
        boolean isCertain() {
            return status < 500;
        }
    }

    /** No readable response, or none in time; the request may have taken effect, or may still do so. */
    public record Lost() implements Answer {}

    /** A row of the database at the end, when no request is under way any more. */
    public record Row(UUID id, String phone, String name) {}

    public void add(Call call) {
        calls.add(call);
    }

    /** All requests, in no particular order. */
    public List<Call> calls() {
        return List.copyOf(calls);
    }
}
