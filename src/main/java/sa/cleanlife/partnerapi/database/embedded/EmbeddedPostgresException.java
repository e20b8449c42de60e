package sa.cleanlife.partnerapi.database.embedded;

/**
 * The embedded PostgreSQL cannot be used; the message says why, as a sentence for the person who started the program.
 */
public final class EmbeddedPostgresException extends RuntimeException {
    EmbeddedPostgresException(String sentence) {
        super(sentence);
    }

    EmbeddedPostgresException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
