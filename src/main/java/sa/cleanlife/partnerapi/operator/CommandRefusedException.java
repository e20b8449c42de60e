package sa.cleanlife.partnerapi.operator;

/**
 * An operator asked for something that cannot be done; nothing was changed. The message is a sentence for them, and the
 * command that they typed ends with exit code 2.
 */
@SuppressWarnings("serial") // never serialised
public final class CommandRefusedException extends RuntimeException {
    public CommandRefusedException(String sentence) {
        super(sentence, null, false, false);
    }
}
