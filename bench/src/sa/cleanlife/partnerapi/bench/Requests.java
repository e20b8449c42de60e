package sa.cleanlife.partnerapi.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.function.IntSupplier;

/** The bytes of successive requests, which differ only in eight digits. For one thread. */
final class Requests {
    private static final int DIGITS = 8;

    private final byte[] bytes;
    private final int digitsEnd;
    private final IntSupplier numbers;
    private int last;

    private Requests(byte[] bytes, int digitsEnd, IntSupplier numbers) {
        this.bytes = bytes;
        this.digitsEnd = digitsEnd;
        this.numbers = numbers;
    }

    /** Requests for the first phone, every time. */
    static Requests post(int port, String key) {
        return post(port, key, () -> 0);
    }

    static Requests post(int port, String key, IntSupplier numbers) {
        var start = "{\"phone\":\"+9665";
        var end = "\",\"name\":\"Ahmed Ali\"}";
        var head =
                "POST /v1/partners/contacts HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nx-api-key: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                        .formatted(port, key, start.length() + DIGITS + end.length());
        var text = head + start + "00000000" + end;
        return new Requests(text.getBytes(US_ASCII), text.length() - end.length(), numbers);
    }

    /** Returns the same array each time. */
    byte[] next() {
        int number = numbers.getAsInt();
        last = number;
        for (int i = digitsEnd - 1; i >= digitsEnd - DIGITS; i--) {
            bytes[i] = (byte) ('0' + number % 10);
            number /= 10;
        }
        return bytes;
    }

    /** The number in the last request. */
    int last() {
        return last;
    }
}
