package sa.cleanlife.partnerapi.bench;

/** A measured program misbehaved: a wrong response, or a row too many or too few. Its figures are invalid then. */
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
