package sa.cleanlife.partnerapi.faults;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The faults of two server nodes, their PostgreSQL and the networks between them. */
enum Fault {
    /** {@code kill -9} of a node, and a new start. */
    KILL_NODE,
    /** {@code kill -9} of the postmaster, which ends all its processes, and a new start. */
    KILL_DATABASE,
    /** {@code pg_ctl stop -m immediate}, and a new start. */
    STOP_DATABASE_IMMEDIATELY,
    /** {@code pg_terminate_backend} of the backends that are executing a statement. */
    TERMINATE_BACKENDS,
    /** SIGSTOP to all PostgreSQL processes, and then SIGCONT. */
    FREEZE_DATABASE,
    CUT_DATABASE_LINK,
    DELAY_DATABASE_LINK,
    HALF_CLOSE_DATABASE_LINK,
    RESET_DATABASE_LINK,
    SILENCE_DATABASE_LINK,
    CUT_CLIENT_LINK,
    DELAY_CLIENT_LINK,
    HALF_CLOSE_CLIENT_LINK,
    RESET_CLIENT_LINK,
    SILENCE_CLIENT_LINK;

    /** The name in a schedule file, such as {@code kill-node}. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Fault of(String word) {
        return Arrays.stream(values())
                .filter(fault -> fault.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no fault " + word + "; there are "
                        + Arrays.stream(values()).map(Fault::word).collect(Collectors.joining(", ")) + "."));
    }
}
