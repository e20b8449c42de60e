package sa.cleanlife.partnerapi.bench;

import java.util.OptionalDouble;

/**
 * One measurement.
 *
 * @param round counted from 1
 * @param p50Micros empty where the load generator does not report it, like {@code p99Micros}
 * @param processCpuMicros the server process' processor time for each request; empty for PostgreSQL alone
 * @param databaseCpuMicros PostgreSQL's processor time for each request
 * @param allocatedBytes the heap allocation for each request, only as exact as the garbage collector runs often
 */
record Figures(
        Load load,
        int round,
        long requests,
        double seconds,
        OptionalDouble p50Micros,
        OptionalDouble p99Micros,
        OptionalDouble processCpuMicros,
        OptionalDouble databaseCpuMicros,
        OptionalDouble allocatedBytes) {
    /** The load of a measurement: the requests, their target and the number of connections. */
    record Load(Subject subject, Work work, int connections) {
        @Override
        public String toString() {
            return subject + " " + work + " " + connections;
        }
    }

    double perSecond() {
        return requests / seconds;
    }
}
