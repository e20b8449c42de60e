package sa.cleanlife.partnerapi.access;

/** An operator asked for something that cannot be done; nothing was changed. The message is a sentence for them. */
@SuppressWarnings("serial") // never serialised
public final class AccessChangeException extends RuntimeException {
    public AccessChangeException(String sentence) {
        super(sentence, null, false, false);
    }
}
