package sa.cleanlife.partnerapi.bench;

/** What was measured did not do what it should: a wrong answer, or a row too many or too few. No figure counts then. */
@SuppressWarnings("serial") // never serialised
final class CheckFailedException extends RuntimeException {
    CheckFailedException(String message) {
        super(message);
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation is not on the class path
    static void require(boolean holds, String otherwise, Object... arguments) {
        if (!holds) {
            throw new CheckFailedException(otherwise.formatted(arguments));
        }
    }
}
