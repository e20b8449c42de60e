package sa.cleanlife.partnerapi;

/** The server cannot start, and trying again would not help. The message is a sentence for the operator. */
@SuppressWarnings("serial") // never serialised
public final class StartupException extends RuntimeException {
    StartupException(String sentence) {
        super(sentence, null, false, false);
    }
}
