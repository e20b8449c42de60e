package sa.cleanlife.partnerapi.fuzz;

import java.util.EnumMap;
import java.util.Map;
import sa.cleanlife.partnerapi.fuzz.Conversation.Kind;

/**
 * Generates conversations from {@code openapi.yaml}: valid, nearly valid and absurd ones. The seed and its number alone
 * determine each, and no two share a phone.
 */
public final class Conversations {
    /** The relative frequency of each kind. */
    private static final Map<Kind, Integer> SHARES = new EnumMap<>(Map.ofEntries(
            Map.entry(Kind.FOUND_OR_CREATED, 26),
            Map.entry(Kind.FIELD_REFUSED, 16),
            Map.entry(Kind.BODY_REFUSED, 10),
            Map.entry(Kind.CONTENT_TYPE_REFUSED, 3),
            Map.entry(Kind.TOO_LARGE, 1),
            Map.entry(Kind.KEY_REFUSED, 2),
            Map.entry(Kind.FORBIDDEN, 2),
            Map.entry(Kind.FROM_A_PAGE, 2),
            Map.entry(Kind.LIMITED, 1),
            Map.entry(Kind.READ, 5),
            Map.entry(Kind.DESCRIBED, 10),
            Map.entry(Kind.WRONG_METHOD, 4),
            Map.entry(Kind.UNKNOWN_PATH, 4),
            Map.entry(Kind.REQUEST_ID, 4),
            Map.entry(Kind.HEAD_REFUSED, 2),
            Map.entry(Kind.EXPECTING_TO_CONTINUE, 1),
            Map.entry(Kind.PIPELINED, 3),
            Map.entry(Kind.BODY_OF_NO_LENGTH, 2),
            Map.entry(Kind.CUT_SHORT, 2),
            Map.entry(Kind.HEAD_MUTATED, 5),
            Map.entry(Kind.BODY_MUTATED, 4),
            Map.entry(Kind.RANDOM_BYTES, 1)));

    private static final int ALL_SHARES =
            SHARES.values().stream().mapToInt(Integer::intValue).sum();

    private final ApiDescription api;
    private final Keys keys;
    private final long seed;

    public Conversations(ApiDescription api, Keys keys, long seed) {
        this.api = api;
        this.keys = keys;
        this.seed = seed;
    }

    public Conversation conversation(long number) {
        var random = new SeededRandom(seed, number);
        var kind = kind(random.below(ALL_SHARES));
        var phones = new Phones(number, random);
        var create = api.operation("findOrCreateContact");
        var read = api.operation("readContact");
        var bodies = new Bodies(create.fields(), phones, new Names(random), random);
        var calls = new Calls(api, keys, create, read, phones, bodies, random);
        var disturbances = new Disturbances(calls, random);
        return new Conversation(
                number,
                kind,
                switch (kind) {
                    case FOUND_OR_CREATED -> calls.foundOrCreated();
                    case FIELD_REFUSED -> calls.fieldRefused();
                    case BODY_REFUSED -> calls.bodyRefused();
                    case CONTENT_TYPE_REFUSED -> calls.contentTypeRefused();
                    case TOO_LARGE -> disturbances.tooLarge();
                    case KEY_REFUSED -> calls.keyRefused();
                    case FORBIDDEN -> calls.forbidden();
                    case FROM_A_PAGE -> calls.fromAPage();
                    case LIMITED -> calls.limited();
                    case READ -> calls.read();
                    case DESCRIBED -> calls.described();
                    case WRONG_METHOD -> calls.wrongMethod();
                    case UNKNOWN_PATH -> calls.unknownPath();
                    case REQUEST_ID -> calls.requestId();
                    case HEAD_REFUSED -> disturbances.headRefused();
                    case EXPECTING_TO_CONTINUE -> disturbances.expectingToContinue();
                    case PIPELINED -> disturbances.pipelined();
                    case BODY_OF_NO_LENGTH -> disturbances.bodyOfNoLength();
                    case CUT_SHORT -> disturbances.cutShort();
                    case HEAD_MUTATED -> disturbances.headMutated();
                    case BODY_MUTATED -> disturbances.bodyMutated();
                    case RANDOM_BYTES -> disturbances.randomBytes();
                });
    }

    private static Kind kind(int share) {
        var left = share;
        for (var kind : SHARES.entrySet()) {
            left -= kind.getValue();
            if (left < 0) {
                return kind.getKey();
            }
        }
        throw new IllegalArgumentException("no share " + share);
    }
}
