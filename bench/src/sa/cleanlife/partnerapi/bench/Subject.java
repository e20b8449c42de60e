package sa.cleanlife.partnerapi.bench;

import java.util.Locale;

/** What is measured. */
enum Subject {
    SERVER,
    /** PostgreSQL with nothing in front of it. */
    PGBENCH,
    /** The same API, as it is usually written with Spring and JPA. */
    PEER,
    /** The server with its database's part replaced by a constant. */
    CEILING;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
