package sa.cleanlife.partnerapi.fuzz;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is said on one connection, and what may come back. It can be drawn again from its number and the run's seed. */
public record Conversation(long number, Kind kind, List<Step> steps) {
    /** Stands in a path for the id that the conversation's first contact turns out to have. */
    public static final String ID_OF_THE_CONTACT = "00000000-0000-4000-8000-00000000f022";

    public enum Kind {
        FOUND_OR_CREATED,
        FIELD_REFUSED,
        BODY_REFUSED,
        CONTENT_TYPE_REFUSED,
        TOO_LARGE,
        KEY_REFUSED,
        FORBIDDEN,
        FROM_A_PAGE,
        LIMITED,
        READ,
        DESCRIBED,
        WRONG_METHOD,
        UNKNOWN_PATH,
        REQUEST_ID,
        HEAD_REFUSED,
        EXPECTING_TO_CONTINUE,
        PIPELINED,
        BODY_OF_NO_LENGTH,
        CUT_SHORT,
        HEAD_MUTATED,
        BODY_MUTATED,
        RANDOM_BYTES
    }

    /** What becomes of the connection after a step's answers. */
    public enum Then {
        IT_GOES_ON,
        /** The server ends it by itself. */
        THE_SERVER_ENDS_IT,
        /** The client sends no more, and the server ends it. */
        THE_CLIENT_ENDS_IT,
        /** Nobody knows how many answers come; the client ends it when none comes any more. */
        WHATEVER
    }

    /** Something to send, as text in which each character is one byte, and what is to come back. */
    public record Step(String bytes, List<Expected> answers, Then then) {}

    /** The contact that a 200 answers; whether it is new only where it is known beforehand. */
    public record Contact(String phone, String name, Optional<Boolean> isNew) {}

    /**
     * One answer.
     *
     * @param method and {@code path}: where openapi.yaml describes it
     * @param fields exactly those that a VALIDATION_ERROR names
     * @param sentence one that is among those it says
     * @param requestId the request's own, which comes back; else a new one does
     * @param onlyDescribed whether no more is foreseen of the body than that it is described
     */
    public record Expected(
            String method,
            String path,
            Set<Integer> statuses,
            Set<String> fields,
            Optional<String> sentence,
            Optional<String> requestId,
            Optional<Contact> contact,
            boolean onlyDescribed) {
        static Expected of(Request request, Integer... statuses) {
            return new Expected(
                    request.method(),
                    request.path(),
                    Set.of(statuses),
                    Set.of(),
                    Optional.empty(),
                    request.requestId(),
                    Optional.empty(),
                    false);
        }

        /** The answer to a client that waits before it sends its body. */
        static Expected toContinue() {
            return new Expected(
                    "", "", Set.of(100), Set.of(), Optional.empty(), Optional.empty(), Optional.empty(), false);
        }

        /** Whatever the operation may answer to a key that is good. */
        static Expected described(Request request) {
            var any = of(request, 200, 400, 404, 409, 412, 422);
            return new Expected(
                    any.method, any.path, any.statuses, any.fields, any.sentence, any.requestId, any.contact, true);
        }

        static Expected refusal(Request request, Set<String> fields) {
            return of(request, 400).naming(fields);
        }

        /** Described under another path than the request's. */
        Expected at(String described) {
            return new Expected(method, described, statuses, fields, sentence, requestId, contact, onlyDescribed);
        }

        Expected naming(Set<String> these) {
            return new Expected(method, path, statuses, these, sentence, requestId, contact, onlyDescribed);
        }

        Expected saying(String what) {
            return new Expected(method, path, statuses, fields, Optional.of(what), requestId, contact, onlyDescribed);
        }

        Expected with(Contact answered) {
            return new Expected(
                    method, path, statuses, fields, sentence, requestId, Optional.of(answered), onlyDescribed);
        }
    }
}
