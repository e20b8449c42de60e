package sa.cleanlife.partnerapi.cli;

import picocli.CommandLine.Option;

/** Under whose name a change stands in the audit. */
final class As {
    @Option(
            names = "--as",
            paramLabel = "NAME",
            description = "Who makes this change, for the audit; if not given, the user of the operating system.")
    private String name = System.getProperty("user.name", "unknown");

    String name() {
        return name;
    }
}
