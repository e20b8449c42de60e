package sa.cleanlife.partnerapi;

import java.io.IOException;
import java.net.UnknownHostException;

/**
 * An address and port that the server listens on, with the settings that name them. If listening fails, it explains the
 * cause and the remedy to the operator.
 */
record Listener(Setting hostSetting, String host, Setting portSetting, int port) {
    /**
     * Only the message tells the causes apart, and it depends on the transport: io_uring gives the number of Linux's
     * error alone, epoll the number and its text, and Java's own sockets the text.
     */
    StartupException refusal(IOException cause) {
        var text = String.valueOf(cause.getMessage());
        if (cause instanceof UnknownHostException) {
            return new StartupException("No address is known for the host %s. Set %s to an address of this machine."
                    .formatted(host, hostSetting.variable()));
        }
        if (text.contains("(-98)") || text.contains("already in use")) {
            return new StartupException(
                    "Port %d of %s is already in use by another program. Stop that program, or set %s to another port."
                            .formatted(port, host, portSetting.variable()));
        }
        if (text.contains("(-99)") || text.contains("assign requested address")) {
            return new StartupException(
                    "%s is not an address of this machine. Set %s to one that is, for example 127.0.0.1, or 0.0.0.0 for all."
                            .formatted(host, hostSetting.variable()));
        }
        if (text.contains("(-13)") || text.contains("ermission denied")) {
            return new StartupException(
                    "This user is not allowed to listen on port %d of %s. Set %s to port 1024 or higher."
                            .formatted(port, host, portSetting.variable()));
        }
        return new StartupException("The server cannot listen on port %d of %s (from %s and %s): %s."
                .formatted(port, host, portSetting.variable(), hostSetting.variable(), text));
    }
}
