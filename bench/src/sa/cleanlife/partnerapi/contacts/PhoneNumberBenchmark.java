package sa.cleanlife.partnerapi.contacts;

import org.openjdk.jmh.annotations.Benchmark;
import sa.cleanlife.partnerapi.MicroBenchmark;

/** Parsing phone numbers, by how many steps of the rule a text passes. */
public class PhoneNumberBenchmark extends MicroBenchmark {
    private String mobile = "+966500000000";
    private String otherSpelling = "+٩٦٦-٥٠-٠٠٠-٠٠٠٠";
    private String landline = "+966112345678";
    private String foreign = "+12125550100";
    private String unknownLandline = "+966212345678";

    /** In the stored form, as nearly all arrive. */
    @Benchmark
    public PhoneParseResult mobile() {
        return PhoneNumber.parse(mobile);
    }

    /** With Arabic digits and separators. */
    @Benchmark
    public PhoneParseResult otherSpelling() {
        return PhoneNumber.parse(otherSpelling);
    }

    /** Valid according to libphonenumber. */
    @Benchmark
    public PhoneParseResult landline() {
        return PhoneNumber.parse(landline);
    }

    /** Rejected for its form. */
    @Benchmark
    public PhoneParseResult refusedForeign() {
        return PhoneNumber.parse(foreign);
    }

    /** Rejected by libphonenumber. */
    @Benchmark
    public PhoneParseResult refusedLandline() {
        return PhoneNumber.parse(unknownLandline);
    }
}
