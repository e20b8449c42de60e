package sa.cleanlife.partnerapi.cli;

import java.net.InetAddress;

/**
 * Where a client on this machine reaches a server, as text. An address that stands for all of the machine's is no address
 * to connect to, so the loopback address stands in the URL.
 *
 * @param host the address or host name that the server listens on, an IPv6 address without brackets
 */
record ServerUrl(String host, int port) {
    @Override
    public String toString() {
        return "http://%s:%d".formatted(isWildcard() ? loopback() : literal(), port);
    }

    /** What to add to the URL when it is one of many. */
    String others() {
        return isWildcard() ? ", on this and every other address of this machine" : "";
    }

    private boolean isWildcard() {
        try {
            return InetAddress.ofLiteral(host).isAnyLocalAddress();
        } catch (IllegalArgumentException isName) {
            return false;
        }
    }

    private String loopback() {
        return host.contains(":") ? "[::1]" : "127.0.0.1";
    }

    /** RFC 3986 has IPv6 addresses in brackets, and RFC 6874 the percent sign before their zone encoded. */
    private String literal() {
        return host.contains(":") ? "[" + host.replace("%", "%25") + "]" : host;
    }
}
