package sa.cleanlife.partnerapi.bench;

import java.util.Locale;

/** The kinds of requests. */
enum Work {
    /** An existing phone. */
    EXISTING,
    /** A new phone. */
    NEW,
    /** One new phone in ten requests. */
    MIXED,
    /** A contact by its id. */
    GET;

    boolean creates() {
        return this == NEW || this == MIXED;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
