package sa.cleanlife.partnerapi.faults;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can be done to two server nodes, their PostgreSQL and the networks between them. */
enum Fault {
    /** {@code kill -9}, and a new start. */
    KILL_NODE,
    /** {@code kill -9} of the postmaster, which all its processes follow, and a new start. */
    KILL_DATABASE,
    /** {@code pg_ctl stop -m immediate}, and a new start. */
    STOP_DATABASE_IMMEDIATELY,
    /** {@code pg_terminate_backend} of those that are just at work on a statement. */
    TERMINATE_BACKENDS,
    /** SIGSTOP to all of PostgreSQL's processes, and SIGCONT. */
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

    /** As schedules spell it, such as {@code kill-node}. */
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
