package sa.cleanlife.partnerapi.cli;

import java.net.InetAddress;

/**
 * The URL at which a client on this machine reaches a server. If the server listens on all addresses of the machine,
 * the URL has the loopback address, since a client cannot connect to a wildcard.
 *
 * @param host the address or host name that the server listens on, an IPv6 address without brackets
 */
record ServerUrl(String host, int port) {
    @Override
    public String toString() {
        return "http://%s:%d".formatted(isWildcard() ? loopback() : literal(), port);
    }

    /** The text that follows the URL if the server has more of them. */
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

    /**
     * The host as a URL has it: IPv6 addresses in brackets (RFC 3986), with the percent sign before their zone encoded
     * (RFC 6874).
     */
    private String literal() {
        return host.contains(":") ? "[" + host.replace("%", "%25") + "]" : host;
    }
}
