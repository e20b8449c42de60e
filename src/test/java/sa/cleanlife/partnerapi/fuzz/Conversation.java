package sa.cleanlife.partnerapi.fuzz;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The requests on one connection and the expected responses. Its number and the run's seed reproduce it. */
public record Conversation(long number, Kind kind, List<Step> steps) {
    /** A placeholder in a path for the id of the conversation's first contact. */
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

    /** What happens to the connection after a step's responses. */
    public enum Then {
        IT_GOES_ON,
        /** The server closes it. */
        THE_SERVER_ENDS_IT,
        /** The client shuts down its sending side, and the server closes it. */
        THE_CLIENT_ENDS_IT,
        /** The number of responses is unknown; the client closes it when no more come. */
        WHATEVER
    }

    /** Data to send, one character per byte, and the expected responses. */
    public record Step(String bytes, List<Expected> answers, Then then) {}

    /** The contact of a 200; {@code isNew} only where it is known beforehand. */
    public record Contact(String phone, String name, Optional<Boolean> isNew) {}

    /**
     * An expected response.
     *
     * @param method and {@code path}: where openapi.yaml describes it
     * @param fields exactly those that a VALIDATION_ERROR names
     * @param sentence one of the sentences of the error
     * @param requestId the request's own id, which is returned; without one the server makes a new one
     * @param onlyDescribed whether the body only has to match its description
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

        /** The interim response to a client that waits before it sends its body. */
        static Expected toContinue() {
            return new Expected(
                    "", "", Set.of(100), Set.of(), Optional.empty(), Optional.empty(), Optional.empty(), false);
        }

        /** Any described response to a request with a valid key. */
        static Expected described(Request request) {
            var any = of(request, 200, 400, 404, 409, 412, 422);
            return new Expected(
                    any.method, any.path, any.statuses, any.fields, any.sentence, any.requestId, any.contact, true);
        }

        static Expected refusal(Request request, Set<String> fields) {
            return of(request, 400).naming(fields);
        }

        /** The same, described under another path than the request's. */
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
