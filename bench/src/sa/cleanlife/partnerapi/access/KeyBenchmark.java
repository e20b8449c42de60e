package sa.cleanlife.partnerapi.access;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import sa.cleanlife.partnerapi.MicroBenchmark;

/**
 * The key check of {@code KeyFilter} for each request. {@code KeyCache} is filled only from a database, so a map like
 * its own stands in for it, with a thousand keys.
 */
public class KeyBenchmark extends MicroBenchmark {
    private Map<ApiKeyHash, String> known;
    private String knownKey = "";
    private String mistypedKey;

    public KeyBenchmark() {
        var random = new Random(1);
        var keys = new HashMap<ApiKeyHash, String>();
        for (int i = 0; i < 1_000; i++) {
            var key = ApiKey.generate(ApiKey.Kind.LIVE, random);
            knownKey = key.reveal();
            keys.put(key.hash(), knownKey);
        }
        known = Map.copyOf(keys);
        var last = knownKey.length() - 1;
        mistypedKey = knownKey.substring(0, last) + (knownKey.charAt(last) == '0' ? '1' : '0');
    }

    /** A known key: parsed, hashed and looked up. */
    @Benchmark
    public Object known() {
        return find(knownKey);
    }

    /** Parsed and hashed, but not looked up. */
    @Benchmark
    public Object hash() {
        return ApiKey.parse(knownKey).orElseThrow().hash();
    }

    /** Only parsed. */
    @Benchmark
    public Object parse() {
        return ApiKey.parse(knownKey);
    }

    /** A key with a wrong last letter, which only the checksum detects. */
    @Benchmark
    public Object mistyped() {
        return find(mistypedKey);
    }

    private Optional<String> find(String text) {
        return ApiKey.parse(text).map(ApiKey::hash).map(known::get);
    }
}
