package sa.cleanlife.partnerapi.bench;

import java.util.Locale;

/** The measured programs. */
enum Subject {
    SERVER,
    /** PostgreSQL without a server in front of it. */
    PGBENCH,
    /** The same API in the usual form with Spring and JPA. */
    PEER,
    /** The server with its database access replaced by a constant. */
    CEILING;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
