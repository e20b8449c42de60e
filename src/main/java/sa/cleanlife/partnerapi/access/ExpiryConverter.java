package sa.cleanlife.partnerapi.access;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses an expiry: {@code 90d}, {@code 12h}, {@code 30m}, a time with its offset, or never. */
final class ExpiryConverter implements ITypeConverter<Expiry> {
    private static final String DURATION = "a duration is a positive number and d, h or m, for example 90d, 12h or 30m";

    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,8})([dhm])");
    private static final Duration LONGEST = Duration.ofDays(3650);

    @Override
    public Expiry convert(String text) {
        if (text.equals("never")) {
            return Expiry.NEVER;
        }
        if (FORM.matcher(text).matches()) {
            return Expiry.in(duration(text));
        }
        try {
            return Expiry.at(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException e) {
            throw new TypeConversionException(DURATION + "; a time is written like 2027-06-30T00:00:00+03:00");
        }
    }

    private static Duration duration(String text) {
        var parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new TypeConversionException(DURATION);
        }
        long count = Long.parseLong(parts.group(1));
        var duration = switch (parts.group(2)) {
            case "d" -> Duration.ofDays(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofMinutes(count);
        };
        if (duration.compareTo(LONGEST) > 0) {
            throw new TypeConversionException("a duration is at most 3650d, for example 90d");
        }
        return duration;
    }

    /** Parses how long an old key stays valid beside its successor; {@code 0} for not at all. */
    static final class Overlap implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            if (text.equals("0")) {
                return Duration.ZERO;
            }
            if (!FORM.matcher(text).matches()) {
                throw new TypeConversionException(DURATION + ", or 0");
            }
            return duration(text);
        }
    }
}
