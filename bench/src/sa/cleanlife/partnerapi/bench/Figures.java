package sa.cleanlife.partnerapi.bench;

import java.util.OptionalDouble;

/**
 * One measurement.
 *
 * @param round counted from 1
 * @param p50Micros empty where the load generator does not tell, as {@code p99Micros}
 * @param processCpuMicros what a request cost in the server's process; empty for PostgreSQL alone
 * @param databaseCpuMicros what a request cost in PostgreSQL
 * @param allocatedBytes what a request allocated on the heap, known only as exactly as the collector runs often
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
    /** What one measurement asks of whom, over how many connections. */
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
