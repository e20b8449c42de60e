package sa.cleanlife.partnerapi.bench;

/**
 * A process that serves the API.
 *
 * @param managementPort 0 where there is none
 */
record HttpProcess(Subject subject, Process process, int port, int managementPort, String key) {
    long pid() {
        return process.pid();
    }

    Metrics metrics() {
        return Metrics.scrape(managementPort);
    }
}
