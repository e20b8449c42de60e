package sa.cleanlife.partnerapi.http.json;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The named values of a request: of its body, of an object within it, of its query or of its path. Each is read with
 * its type and rules, and every failed rule is recorded.
 *
 * <p>Read all fields first, then call {@link #done()}, then use the values. {@code done()} throws all failed rules at
 * once, so the placeholder that a read returned for an invalid field, such as an empty text or zero, is never used. A
 * rule that compares fields may see placeholders, since its own sentence then merely joins the others. For an object or
 * a feature's own type the placeholder is null; an exception caused by such a null is reported as the failed rules. A
 * handler, or the reader of an object, that forgets {@code done()} fails on every request, also on valid ones, so that
 * no test passes without it. This way values are plain values, which nobody has to unwrap.
 */
public final class Fields {
    private final String prefix;
    private final Map<String, ? extends @Nullable Object> values;
    private final boolean areTexts;
    private final ValidationErrors errors;
    private final List<String> asked = new ArrayList<>(4);
    private final List<String> missing = new ArrayList<>(0);

    private Fields(
            String prefix, Map<String, ? extends @Nullable Object> values, boolean areTexts, ValidationErrors errors) {
        this.prefix = prefix;
        this.values = values;
        this.areTexts = areTexts;
        this.errors = errors;
    }

    static Fields ofBody(Map<String, ? extends @Nullable Object> values, ValidationErrors errors) {
        return new Fields("", values, false, errors);
    }

    /** Creates fields of values without JSON types: a number is sent as text. */
    static Fields ofText(Map<String, ? extends @Nullable Object> values, ValidationErrors errors) {
        return new Fields("", values, true, errors);
    }

    /** Throws all failed rules of the request so far; if it returns, every value that was read is valid. */
    public void done() {
        missing.forEach(this::nameWhatWasMeant);
        errors.check();
    }

    /**
     * Adds a hint if an unread field has a similar name. Only called from {@code done()}, when it is known which fields
     * are read.
     */
    private void nameWhatWasMeant(String name) {
        var unread =
                values.keySet().stream().filter(sent -> !asked.contains(sent)).toList();
        SimilarName.find(name, unread)
                .ifPresent(similar -> errors.append(path(name), Sentences.MISNAMED.with(similar, name)));
    }

    /** Whether the field is present and not null. */
    public boolean has(String name) {
        asked.add(name);
        return values.get(name) != null;
    }

    /** A text for people: stripped, composed (NFC), without control characters. */
    public TextField text(String name) {
        return new TextField(this, name);
    }

    /**
     * A string with a rule of its own, which receives the text unchanged.
     *
     * @param otherwise the sentence for a value that is missing or not a string
     */
    public <T> Field<T> string(String name, Sentence otherwise, StringRule<T> rule) {
        return new StringField<>(this, name, otherwise, rule, ObjectField.nothingYet());
    }

    public Field<UUID> uuid(String name) {
        return new WordField<>(this, name, Sentences.UUID, Words::uuid, new UUID(0, 0));
    }

    /** A calendar date, {@code YYYY-MM-DD}. */
    public Field<LocalDate> date(String name) {
        return new WordField<>(this, name, Sentences.DATE, Words::date, LocalDate.EPOCH);
    }

    /** A time of day, {@code HH:mm} or {@code HH:mm:ss}. */
    public Field<LocalTime> time(String name) {
        StringRule<LocalTime> rule = (text, refusal) -> {
            var time = Words.time(text);
            if (time.isEmpty()) {
                refusal.because(Sentences.TIME);
            }
            return time;
        };
        return new StringField<>(this, name, Sentences.TIME, rule, LocalTime.MIDNIGHT);
    }

    /** One of the words of the enum. */
    public <E extends Enum<E> & WireName> Field<E> oneOf(String name, Class<E> words) {
        var all = Arrays.asList(words.getEnumConstants());
        return new ChoiceField<>(this, name, all, WireName::wireName, all.getFirst());
    }

    /** One of the given words. */
    public Field<String> oneOf(String name, Collection<String> words) {
        return new ChoiceField<>(this, name, words, word -> word, "");
    }

    public Field<Boolean> bool(String name) {
        return new BooleanField(this, name);
    }

    /** A whole number. 3.0 is accepted as 3, since some clients send it so. */
    public NumberField<Integer> whole(String name) {
        return new NumberField<>(this, name, Sentences.WHOLE_NUMBER, BigDecimal::intValueExact, 0)
                .places(0)
                .between(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    public NumberField<BigDecimal> decimal(String name) {
        return new NumberField<>(this, name, Sentences.NUMBER, value -> value, BigDecimal.ZERO);
    }

    /** An amount of money with at most two decimal places, in whole halalas (hundredths); not negative. */
    public NumberField<Long> money(String name) {
        return new NumberField<>(
                        this,
                        name,
                        Sentences.NUMBER,
                        value -> value.movePointRight(2).longValueExact(),
                        0L)
                .places(2)
                .between("0", "9999999999.99");
    }

    /** An object. Its reader must also call {@link #done()} before it uses the values. */
    public <T> Field<T> object(String name, Function<Fields, T> reader) {
        return new ObjectField<>(this, name, reader);
    }

    /** An array of objects, each read by the reader. An absent array counts as empty. */
    public <T> List<T> list(String name, int min, int max, Function<Fields, T> reader) {
        return listOf(name, min, max, (elements, number) -> elements.object(number, reader));
    }

    /**
     * An array of values of one type, such as {@code listOf("couponIds", 0, 2, Fields::uuid)}. An absent array counts
     * as empty.
     */
    public <T> List<T> listOf(String name, int min, int max, BiFunction<Fields, String, ? extends Field<T>> element) {
        var read = new ArrayField<>(this, name, min, max, element);
        return min > 0 ? read.required() : read.optional().orElseGet(List::of);
    }

    /**
     * Records a failed rule, for rules that concern several fields; the first placeholder of the sentence is the
     * field's name.
     */
    public void refuse(String name, Sentence sentence, Object... more) {
        var path = path(name);
        var places = new ArrayList<Object>(more.length + 1);
        places.add(path);
        places.addAll(Arrays.asList(more));
        errors.add(path, sentence.with(places.toArray()));
    }

    boolean areTexts() {
        return areTexts;
    }

    @Nullable
    Object value(String name) {
        errors.uncheck();
        asked.add(name);
        return values.get(name);
    }

    /** Records that a required field is missing. */
    void missed(String name) {
        missing.add(name);
    }

    private String path(String name) {
        return prefix.isEmpty() ? name : prefix + name;
    }

    /**
     * Reads the members of an object or the elements of an array; empty if a rule failed. Their failures are collected
     * separately first, so that {@link #done()} within the reader throws only those.
     */
    <T> Optional<T> readWithin(String name, Map<String, @Nullable Object> members, Function<Fields, T> reader) {
        var apart = new ValidationErrors();
        try {
            var read = reader.apply(new Fields(path(name) + ".", members, areTexts, apart));
            apart.requireChecked();
            return Optional.of(read);
        } catch (RuntimeException e) {
            if (!apart.explain(e)) {
                throw e;
            }
            errors.addAll(apart);
            return Optional.empty();
        }
    }
}
