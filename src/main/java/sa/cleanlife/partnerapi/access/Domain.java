package sa.cleanlife.partnerapi.access;

import java.net.IDN;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A host whose web pages may send a partner's requests. With {@code *.} in front it stands for all hosts below it, at
 * any depth, but not for the host itself. Schemes and ports are ignored. The host is stored as browsers send it: in
 * ASCII and lower case, without a dot at the end.
 *
 * @param sandbox whether the domain may be used only while the partner has sandbox access
 */
public record Domain(String host, boolean sandbox) {
    private static final String ALL_UNDER = "*.";

    private static final int MAX_LENGTH = 253;

    /** The other full stops that may stand between the labels of an internationalised name. */
    private static final Pattern OTHER_DOTS = Pattern.compile("[\\u3002\\uff0e\\uff61]");

    /**
     * The letters ß and ς and the zero-width joiners. Browsers encode them, while Java, which implements IDNA 2003,
     * replaces or drops them, and so would take one host for another.
     */
    private static final Pattern DEVIATIONS = Pattern.compile("[\\u00df\\u03c2\\u200c\\u200d]");

    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*");
    private static final Pattern END_OF_AUTHORITY = Pattern.compile("[/?#\\\\]");
    private static final Pattern PORT = Pattern.compile(":[0-9]*\\z");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final Pattern IPV4 =
            Pattern.compile("(%1$s\\.){3}%1$s".formatted("(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"));

    /**
     * Throws {@link IllegalArgumentException}, which says what is expected, as a part of a sentence for the operator.
     */
    public static Domain parse(String typed, boolean sandbox) {
        if (END_OF_AUTHORITY.matcher(typed).find()) {
            int scheme = typed.indexOf("://");
            var domain = parse(authority(typed, scheme < 0 ? 0 : scheme + 3), sandbox);
            throw new IllegalArgumentException("a domain is the host alone, here " + domain.host);
        }
        var text = OTHER_DOTS.matcher(typed).replaceAll(".");
        var isWildcard = text.startsWith(ALL_UNDER);
        var name = isWildcard ? text.substring(ALL_UNDER.length()) : text;
        var host = ascii(withoutPort(name)).orElseThrow(() -> new IllegalArgumentException(whatIsWantedFor(name)));
        if (!isWildcard) {
            if (endsInANumber(host) && !IPV4.matcher(host).matches()) {
                throw new IllegalArgumentException(whatIsWantedFor(name));
            }
            return new Domain(host, sandbox);
        }
        if (host.indexOf('.') < 0 || endsInANumber(host)) {
            throw new IllegalArgumentException(
                    "after *. comes a name of at least two parts, for example *.example.com");
        }
        return new Domain(ALL_UNDER + host, sandbox);
    }

    private static String whatIsWantedFor(String refused) {
        if (refused.startsWith("[") || refused.indexOf(':') != refused.lastIndexOf(':')) {
            return "a host name is expected, not an IPv6 address, for example shop.example.com";
        }
        if (refused.indexOf('*') >= 0) {
            return "a * may stand only at the beginning, for all hosts below a domain, for example *.example.com";
        }
        if (refused.chars().anyMatch(c -> c > 0x7f) && refused.codePoints().noneMatch(Character::isSpaceChar)) {
            return "this host must be given in its ASCII form (xn--…), for example xn--fuball-cta.example";
        }
        return "a domain is a host, for example shop.example.com, or all hosts below one, for example *.example.com";
    }

    /** The host of an Origin or a Referer, in the form that {@link #hostsThatCover} takes; empty if there is none. */
    public static Optional<String> hostOf(String originOrReferer) {
        // Parsed by hand, since java.net.URI refuses characters that browsers send in a Referer's path.
        int scheme = originOrReferer.indexOf("://");
        if (scheme < 0 || !SCHEME.matcher(originOrReferer).region(0, scheme).matches()) {
            return Optional.empty();
        }
        return ascii(withoutPort(authority(originOrReferer, scheme + 3)));
    }

    /** The part before the path, as browsers see it: a backslash begins a path, too. A user is left out. */
    private static String authority(String address, int from) {
        var end = END_OF_AUTHORITY.matcher(address).region(from, address.length());
        var authority = address.substring(from, end.find() ? end.start() : address.length());
        return authority.substring(authority.lastIndexOf('@') + 1);
    }

    private static String withoutPort(String authority) {
        return PORT.matcher(authority).replaceFirst("");
    }

    private static boolean endsInANumber(String host) {
        return NUMBER.matcher(host)
                .region(host.lastIndexOf('.') + 1, host.length())
                .matches();
    }

    private static Optional<String> ascii(String name) {
        // Checked before the encoding, whose time may grow with the square of the length. The extra character is the
        // dot at the end.
        if (name.length() > MAX_LENGTH + 1 || DEVIATIONS.matcher(name).find()) {
            return Optional.empty();
        }
        try {
            var ascii = IDN.toASCII(name, IDN.USE_STD3_ASCII_RULES).toLowerCase(Locale.ROOT);
            var host = ascii.endsWith(".") ? ascii.substring(0, ascii.length() - 1) : ascii;
            return host.isEmpty() || host.length() > MAX_LENGTH ? Optional.empty() : Optional.of(host);
        } catch (RuntimeException noHostName) {
            // The exception has no specific type when the name grows too long while it is encoded.
            return Optional.empty();
        }
    }

    /**
     * The hosts of all domains that would cover this host, which is in the form of {@link #hostOf}; the most specific
     * first.
     */
    static List<String> hostsThatCover(String asciiHost) {
        var hosts = new ArrayList<String>();
        hosts.add(asciiHost);
        for (int dot = asciiHost.indexOf('.', 1); dot >= 0; dot = asciiHost.indexOf('.', dot + 1)) {
            hosts.add("*" + asciiHost.substring(dot));
        }
        return hosts;
    }
}
