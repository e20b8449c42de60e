package sa.cleanlife.partnerapi.faults;

import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Every call that was made and what it was answered, as the callers saw it. Many threads may add to it. */
public final class History {
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();

    /** One call from its sending to its answer, or to when its caller gave up. All times are of one clock. */
    public sealed interface Call {
        long startNanos();

        long endNanos();

        Answer answer();
    }

    /**
     * A call that found or created a contact, or may have.
     *
     * @param phone in the form that is stored, whatever the spelling that was sent
     * @param name as it would be stored
     */
    public record FindOrCreate(
            String phone, String spelling, String name, long startNanos, long endNanos, Answer answer)
            implements Call {}

    /** A call that read a contact by its id. */
    public record Read(UUID id, long startNanos, long endNanos, Answer answer) implements Call {}

    /** What a caller was told. */
    public sealed interface Answer {}

    /** With success: the contact. */
    public record Told(UUID id, String phone, String name, boolean isNewContact) implements Answer {}

    /** With a refusal. After a 503 or a 500 the call may have had its effect all the same; after any other it had none. */
    public record Refused(int status) implements Answer {
        boolean isCertain() {
            return status < 500;
        }
    }

    /** Nothing that could be read, or nothing in time; the call may have had its effect, or may have it yet. */
    public record Lost() implements Answer {}

    /** What the database holds at the end, when no call is under way any more. */
    public record Row(UUID id, String phone, String name) {}

    public void add(Call call) {
        calls.add(call);
    }

    /** In no particular order. */
    public List<Call> calls() {
        return List.copyOf(calls);
    }
}
