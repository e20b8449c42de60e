package sa.cleanlife.partnerapi.contacts;

import org.openjdk.jmh.annotations.Benchmark;
import sa.cleanlife.partnerapi.MicroBenchmark;

/** The phone gate, by how far a text gets in it. */
public class PhoneNumberBenchmark extends MicroBenchmark {
    private String mobile = "+966500000000";
    private String otherSpelling = "+٩٦٦-٥٠-٠٠٠-٠٠٠٠";
    private String landline = "+966112345678";
    private String foreign = "+12125550100";
    private String unknownLandline = "+966212345678";

    /** As it is stored, and as nearly all arrive. */
    @Benchmark
    public PhoneParseResult mobile() {
        return PhoneNumber.parse(mobile);
    }

    /** Arabic digits and separators. */
    @Benchmark
    public PhoneParseResult otherSpelling() {
        return PhoneNumber.parse(otherSpelling);
    }

    /** Asks libphonenumber, which knows it. */
    @Benchmark
    public PhoneParseResult landline() {
        return PhoneNumber.parse(landline);
    }

    /** Refused for its form. */
    @Benchmark
    public PhoneParseResult refusedForeign() {
        return PhoneNumber.parse(foreign);
    }

    /** Refused by libphonenumber. */
    @Benchmark
    public PhoneParseResult refusedLandline() {
        return PhoneNumber.parse(unknownLandline);
    }
}
