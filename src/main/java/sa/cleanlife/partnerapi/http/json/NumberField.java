package sa.cleanlife.partnerapi.http.json;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A number, converted from the digits that were sent, never through a binary fraction. A number with more digits than
 * the API needs is rejected before any arithmetic: {@code 1e999999999} is a short text and a very large number.
 */
public final class NumberField<T> extends Field<T> {
    private static final int MAX_DIGITS = 30;

    /** Up to this length, and with an exponent of two digits, a number is cheap to parse. */
    private static final int MAX_LENGTH = 40;

    private static final Pattern FORM = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final Pattern SHORT_EXPONENT = Pattern.compile("[^eE]*([eE][+-]?[0-9]{1,2})?");

    private final Function<BigDecimal, T> conversion;
    private final T placeholder;
    private int places = MAX_DIGITS;
    private @Nullable BigDecimal min;
    private @Nullable BigDecimal max;
    private @Nullable BigDecimal step;

    NumberField(Fields fields, String name, Sentence typeRule, Function<BigDecimal, T> conversion, T placeholder) {
        super(fields, name, typeRule);
        this.conversion = conversion;
        this.placeholder = placeholder;
    }

    /** Sets the range, including both bounds. */
    public NumberField<T> between(String min, String max) {
        this.min = new BigDecimal(min);
        this.max = new BigDecimal(max);
        return this;
    }

    /** Sets the range, including both bounds. */
    public NumberField<T> between(long min, long max) {
        this.min = BigDecimal.valueOf(min);
        this.max = BigDecimal.valueOf(max);
        return this;
    }

    public NumberField<T> stepOf(String step) {
        this.step = new BigDecimal(step);
        return this;
    }

    /** Sets the maximum number of decimal places; trailing zeros do not count. */
    public NumberField<T> places(int most) {
        this.places = most;
        return this;
    }

    @Override
    Optional<T> read(Object sent) {
        return switch (sent) {
            case String text when fields().areTexts() -> readForm(text);
            case JsonPart part
            when part.isNumber() -> part.length() > MAX_LENGTH ? tooManyDigits() : readForm(part.text());
            default -> refusedType();
        };
    }

    private Optional<T> readForm(String text) {
        if (!FORM.matcher(text).matches()) {
            return refusedType();
        }
        if (text.length() > MAX_LENGTH || !SHORT_EXPONENT.matcher(text).matches()) {
            return tooManyDigits();
        }
        var number = new BigDecimal(text);
        var plain = number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
        return Math.max(plain.precision(), plain.precision() - plain.scale()) > MAX_DIGITS || plain.scale() > MAX_DIGITS
                ? tooManyDigits()
                : readPlain(plain);
    }

    private Optional<T> tooManyDigits() {
        return refused(Sentences.DIGITS, MAX_DIGITS);
    }

    private Optional<T> readPlain(BigDecimal number) {
        if (number.scale() > places) {
            return places == 0 ? refusedType() : refused(Sentences.DECIMAL_PLACES, places);
        }
        if (min != null && number.compareTo(min) < 0) {
            return refused(Sentences.NOT_LESS, min.toPlainString());
        }
        if (max != null && number.compareTo(max) > 0) {
            return refused(Sentences.NOT_GREATER, max.toPlainString());
        }
        if (step != null && number.remainder(step).signum() != 0) {
            return refused(Sentences.MULTIPLE, step.toPlainString());
        }
        return Optional.of(conversion.apply(number));
    }

    @Override
    T placeholder() {
        return placeholder;
    }
}
