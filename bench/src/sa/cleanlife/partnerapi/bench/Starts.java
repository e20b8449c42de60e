package sa.cleanlife.partnerapi.bench;

/** The time from the command to the first response, with a migrated database running. */
final class Starts {
    static final String SECONDS = "start to the first 200, s";
    private static final long LONGEST_SECONDS = 60;

    private Starts() {}

    static double measure(Programs programs, Workspace workspace, Database database, String key) {
        int port = Programs.freePort();
        var launcher = programs.launcher(database, port, 0, "serve");
        long start = System.nanoTime();
        var process = workspace.start(launcher);
        FirstAnswer.await(process, port, key, LONGEST_SECONDS);
        double seconds = (System.nanoTime() - start) / 1e9;
        workspace.stop(process);
        return seconds;
    }
}
