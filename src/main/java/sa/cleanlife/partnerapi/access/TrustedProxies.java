package sa.cleanlife.partnerapi.access;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The proxies that the operator trusts to report the client's address. Each proxy on the way adds the address of its
 * own client at the right of {@code X-Forwarded-For} or {@code Forwarded} (RFC 7239). Everything to the left of the
 * right-most untrusted address is the client's own claim, and is ignored.
 */
public record TrustedProxies(List<AddressRange> ranges) {
    private static final String PORT = "(?::(?:[0-9]{1,5}|_[0-9A-Za-z._-]+))?";

    /** How a hop may be written; group 1 is its address. */
    private static final List<Pattern> HOPS = List.of(
            Pattern.compile("([0-9.]+)" + PORT),
            Pattern.compile("\\[([0-9A-Fa-f]*:[0-9A-Fa-f:.]*)]" + PORT),
            Pattern.compile("([0-9A-Fa-f:.]+)"));

    private static final Pattern QUOTED = Pattern.compile("\"(.*)\"", Pattern.DOTALL);
    private static final Pattern ESCAPED = Pattern.compile("\\\\(.)", Pattern.DOTALL);
    private static final String FOR = "for=";
    private static final String UNKNOWN = "unknown";

    public TrustedProxies {
        ranges = List.copyOf(ranges);
    }

    /**
     * The client's address; empty if it cannot be known, and then it is on no allow-list.
     *
     * @param peer the other end of the connection
     * @param xForwardedFor the lines of that header in the order of arrival; likewise {@code forwarded}
     */
    public Optional<InetAddress> caller(InetAddress peer, List<String> xForwardedFor, List<String> forwarded) {
        if (!isTrusted(peer) || (xForwardedFor.isEmpty() && forwarded.isEmpty())) {
            return Optional.of(peer);
        }
        if (forwarded.isEmpty()) {
            return nearestUntrusted(hopsOfXForwardedFor(xForwardedFor));
        }
        var caller = nearestUntrusted(hopsOfForwarded(forwarded));
        // A proxy writes one of the two headers and may pass on the other as the client sent it. If they differ, it
        // cannot be known which one the proxy wrote.
        return xForwardedFor.isEmpty() || caller.equals(nearestUntrusted(hopsOfXForwardedFor(xForwardedFor)))
                ? caller
                : Optional.empty();
    }

    private boolean isTrusted(InetAddress address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }

    /**
     * The right-most untrusted hop, or the left-most one if all are trusted; empty if a hop on the way is no address.
     */
    private Optional<InetAddress> nearestUntrusted(List<String> hops) {
        var nearest = Optional.<InetAddress>empty();
        for (var hop : hops.reversed()) {
            nearest = address(hop);
            if (nearest.filter(this::isTrusted).isEmpty()) {
                return nearest;
            }
        }
        return nearest;
    }

    private static Optional<InetAddress> address(String hop) {
        return HOPS.stream()
                .map(form -> form.matcher(hop))
                .filter(Matcher::matches)
                .findFirst()
                .flatMap(parts -> AddressRange.parseAddress(parts.group(1)));
    }

    private static List<String> hopsOfXForwardedFor(List<String> lines) {
        return Arrays.stream(String.join(",", lines).split(",", -1))
                .map(String::strip)
                .toList();
    }

    private static List<String> hopsOfForwarded(List<String> lines) {
        return splitOutsideQuotes(String.join(",", lines), ',').stream()
                .map(TrustedProxies::hopOfElement)
                .toList();
    }

    private static String hopOfElement(String element) {
        var hops = splitOutsideQuotes(element, ';').stream()
                .map(String::strip)
                .filter(pair -> pair.regionMatches(true, 0, FOR, 0, FOR.length()))
                .map(pair -> unquoted(pair.substring(FOR.length())))
                .toList();
        return hops.size() == 1 ? hops.getFirst() : UNKNOWN;
    }

    private static String unquoted(String value) {
        var quoted = QUOTED.matcher(value);
        return quoted.matches() ? ESCAPED.matcher(quoted.group(1)).replaceAll("$1") : value;
    }

    /**
     * The parts of a text; none if a quoted string does not end, since a client may have opened it to swallow what the
     * proxies have written after it.
     */
    private static List<String> splitOutsideQuotes(String text, char separator) {
        var parts = new ArrayList<String>();
        int start = 0;
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quoted) {
                i++; // the escaped character
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return quoted ? List.of() : parts;
    }
}
