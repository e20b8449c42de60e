package sa.cleanlife.partnerapi.bench;

import java.util.Locale;

/** What is asked for. */
enum Work {
    /** A phone that is there. */
    EXISTING,
    /** A phone that was never asked for before. */
    NEW,
    /** One new phone in ten. */
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
