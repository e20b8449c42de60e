package sa.cleanlife.partnerapi.cli;

import sa.cleanlife.partnerapi.Settings.LogFormat;

/** The log as {@code serve} writes it, for a server that is started without that command. */
public final class ServerLog {
    private ServerLog() {}

    public static void use(LogFormat format) {
        Logging.use(format);
    }
}
