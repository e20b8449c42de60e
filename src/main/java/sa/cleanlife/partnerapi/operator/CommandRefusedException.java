package sa.cleanlife.partnerapi.operator;

/**
 * A command asked for something that cannot be done; nothing was changed. The message is a sentence for the operator,
 * and the command ends with exit code 2.
 */
@SuppressWarnings("serial") // never serialised
public final class CommandRefusedException extends RuntimeException {
    public CommandRefusedException(String sentence) {
        super(sentence, null, false, false);
    }
}
