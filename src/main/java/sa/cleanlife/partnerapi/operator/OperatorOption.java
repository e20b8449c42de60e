package sa.cleanlife.partnerapi.operator;

import picocli.CommandLine.Option;

/** The option {@code --as}: the operator's name in the audit. */
public final class OperatorOption {
    @Option(
            names = "--as",
            paramLabel = "NAME",
            description =
                    "The name in the audit of the person who makes this change; if not given, the user of the operating system.")
    private String name = System.getProperty("user.name", "unknown");

    String name() {
        return name;
    }
}
