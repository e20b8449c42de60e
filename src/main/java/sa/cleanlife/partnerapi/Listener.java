package sa.cleanlife.partnerapi;

import java.io.IOException;
import java.net.UnknownHostException;

/** Where the server listens, and which settings say so. When it cannot, this tells the operator why and what to do. */
record Listener(Setting hostSetting, String host, Setting portSetting, int port) {
    /**
     * The causes are told apart by their texts, which depend on how the machine's sockets are used: io_uring gives the number
     * of Linux's error alone, epoll the number and its text, and Java's own sockets the text.
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
                    "This user is not allowed to listen on port %d of %s. Set %s to a port from 1024 on."
                            .formatted(port, host, portSetting.variable()));
        }
        return new StartupException("The server cannot listen on port %d of %s, as %s and %s are set: %s."
                .formatted(port, host, portSetting.variable(), hostSetting.variable(), text));
    }
}
