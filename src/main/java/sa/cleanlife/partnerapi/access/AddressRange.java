package sa.cleanlife.partnerapi.access;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A range of IPv4 or IPv6 addresses in CIDR notation (RFC 4632, RFC 4291), or a single address. An IPv4-mapped IPv6
 * address, {@code ::ffff:203.0.113.7}, counts as the IPv4 address, so no IPv6 range contains one. A range prints in the
 * form of RFC 5952, which can be parsed again.
 *
 * @param network the first address of the range
 */
public record AddressRange(InetAddress network, int prefixLength) {
    private static final String WANTED =
            "an address or CIDR range is expected, for example 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32";

    /**
     * The accepted forms of an address. The JDK's parser, which reads it afterwards, would take 10.1 and 010.0.0.1 for
     * 10.0.0.1, and accept brackets, zones and groups of five digits.
     */
    private static final Pattern ADDRESS;

    private static final Pattern PREFIX_LENGTH = Pattern.compile("0|[1-9][0-9]{0,2}");

    private static final int MAPPED_PREFIX_LENGTH = 96;

    static {
        var octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
        var ipv4 = octet + "(?:\\." + octet + "){3}";
        var group = "[0-9A-Fa-f]{0,4}";
        ADDRESS = Pattern.compile(ipv4 + "|(?:" + group + ":){2,8}(?:" + group + "|" + ipv4 + ")");
    }

    /** Throws {@link IllegalArgumentException}, as {@link #parse} does. */
    public AddressRange {
        network = canonical(network);
        var bytes = network.getAddress();
        if (prefixLength < 0 || prefixLength > bytes.length * Byte.SIZE) {
            throw new IllegalArgumentException(WANTED);
        }
        var first = masked(bytes, prefixLength);
        // The author of 10.0.0.5/8 may mean one address or the whole range, and an allow-list must not guess.
        if (!Arrays.equals(first, bytes)) {
            throw new IllegalArgumentException("a range begins with its first address: write %s, or %s alone"
                    .formatted(new AddressRange(address(first), prefixLength), NetUtil.toAddressString(network)));
        }
    }

    /** Throws {@link IllegalArgumentException}, which says what is expected. No host name is looked up. */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        var addressText = slash < 0 ? text : text.substring(0, slash);
        var address = parseAddress(addressText).orElseThrow(() -> new IllegalArgumentException(WANTED));
        int bits = address.getAddress().length * Byte.SIZE;
        if (slash < 0) {
            return new AddressRange(address, bits);
        }
        var prefixLength = text.substring(slash + 1);
        if (!PREFIX_LENGTH.matcher(prefixLength).matches()) {
            throw new IllegalArgumentException(WANTED);
        }
        boolean mapped = bits == Integer.SIZE && addressText.contains(":");
        return new AddressRange(address, Integer.parseInt(prefixLength) - (mapped ? MAPPED_PREFIX_LENGTH : 0));
    }

    /**
     * The address; empty for any other text: a name, a range, a short or an octal form, or an address with a zone or a
     * port.
     */
    static Optional<InetAddress> parseAddress(String text) {
        if (!ADDRESS.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException tooManyOrTooFewGroups) {
            return Optional.empty();
        }
    }

    public boolean contains(InetAddress address) {
        return Arrays.equals(masked(canonical(address).getAddress(), prefixLength), network.getAddress());
    }

    /** The address with all bits after the prefix set to zero. */
    private static byte[] masked(byte[] address, int prefixLength) {
        var masked = address.clone();
        for (int i = 0; i < masked.length; i++) {
            int bitsKept = Math.clamp(prefixLength - (long) i * Byte.SIZE, 0, Byte.SIZE);
            masked[i] &= (byte) (0xFF00 >> bitsKept);
        }
        return masked;
    }

    /** The address without a zone or a name, and as IPv4 if it is IPv4-mapped. */
    private static InetAddress canonical(InetAddress address) {
        return address(address.getAddress());
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    @Override
    public String toString() {
        var first = NetUtil.toAddressString(network);
        return prefixLength == network.getAddress().length * Byte.SIZE ? first : first + "/" + prefixLength;
    }
}
