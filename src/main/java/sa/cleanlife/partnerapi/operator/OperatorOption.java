package sa.cleanlife.partnerapi.operator;

import picocli.CommandLine.Option;

/** The option {@code --as}: under whose name a change stands in the audit. */
public final class OperatorOption {
    @Option(
            names = "--as",
            paramLabel = "NAME",
            description = "Who makes this change, for the audit; if not given, the user of the operating system.")
    private String name = System.getProperty("user.name", "unknown");

    String name() {
        return name;
    }
}
