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
 * The named values of a request: of its body, of an object within it, of its query or of its path. Each is asked for by its
 * type and its rules, and every rule that fails is noted.
 *
 * <p>Read every field first, then call {@link #done()}, then use the values. {@code done()} throws all that failed at once,
 * so whatever a read answered for a field that failed is never seen: it is a placeholder, such as an empty text or zero. A rule
 * that compares fields may look at placeholders, since its own sentence then merely joins the others; where one cannot be had,
 * for an object or a feature's own type, it is null. An exception caused by using such a null is answered as the failed rules.
 * A handler, or the reader of an object, that forgets {@code done()} fails on every request, the good ones too, so
 * that no test passes without it. So values are plain values, and nobody unwraps them.
 */
public final class Fields {
    /**
     * With more names that are sent and not read, a missing one is not looked for among them: a body has room for thousands,
     * and each takes time to compare.
     */
    static final int MOST_COMPARED = 50;

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

    /** Values that have no types of their own: a number is written as its digits. */
    static Fields ofText(Map<String, ? extends @Nullable Object> values, ValidationErrors errors) {
        return new Fields("", values, true, errors);
    }

    /** Throws all that failed, in whatever of the request was read so far; otherwise every value that was read is good. */
    public void done() {
        missing.forEach(this::nameWhatWasMeant);
        errors.check();
    }

    /** Only now it is known which of the names that were sent are read. */
    private void nameWhatWasMeant(String name) {
        var unread = values.keySet().stream()
                .filter(sent -> !asked.contains(sent))
                .limit(MOST_COMPARED + 1)
                .toList();
        Optional.of(unread)
                .filter(names -> names.size() <= MOST_COMPARED)
                .flatMap(names -> SimilarName.find(name, names))
                .ifPresent(similar -> errors.append(path(name), Sentences.MISNAMED.with(similar, name)));
    }

    /** Whether the field is there, with any value but null. */
    public boolean has(String name) {
        asked.add(name);
        return values.get(name) != null;
    }

    /** A text for people: stripped, composed (NFC), without control characters. */
    public TextField text(String name) {
        return new TextField(this, name);
    }

    /**
     * A string with a rule of its own, which is given it as it was sent.
     *
     * @param otherwise the rule's sentence for a value that is no string, or missing
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

    /** One of the words of that enum. */
    public <E extends Enum<E> & WireName> Field<E> oneOf(String name, Class<E> words) {
        var all = Arrays.asList(words.getEnumConstants());
        return new ChoiceField<>(this, name, all, WireName::wireName, all.getFirst());
    }

    /** One of those words. */
    public Field<String> oneOf(String name, Collection<String> words) {
        return new ChoiceField<>(this, name, words, word -> word, "");
    }

    public Field<Boolean> bool(String name) {
        return new BooleanField(this, name);
    }

    /** A whole number. What is whole in mathematics is taken: 3, and 3.0, which some clients make of it. */
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

    /** An object, by its reader, which ends with {@link #done()} too before it uses what it read. */
    public <T> Field<T> object(String name, Function<Fields, T> reader) {
        return new ObjectField<>(this, name, reader);
    }

    /** An array of objects, each by its reader. An absent array is an empty one. */
    public <T> List<T> list(String name, int min, int max, Function<Fields, T> reader) {
        return listOf(name, min, max, (elements, number) -> elements.object(number, reader));
    }

    /**
     * An array of values of one type, such as {@code listOf("couponIds", 0, 2, Fields::uuid)}. An absent array is an empty
     * one.
     */
    public <T> List<T> listOf(String name, int min, int max, BiFunction<Fields, String, ? extends Field<T>> element) {
        var read = new ArrayField<>(this, name, min, max, element);
        return min > 0 ? read.required() : read.optional().orElseGet(List::of);
    }

    /** For a rule that concerns more than one field; the first place in the sentence is the field's name. */
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

    /** It was required, and is not there. */
    void missed(String name) {
        missing.add(name);
    }

    private String path(String name) {
        return prefix.isEmpty() ? name : prefix + name;
    }

    /**
     * What the reader makes of these members of an object or elements of an array, or nothing when it refused them. Their
     * failures are noted apart until it is done, so that its own {@link #done()} throws no others.
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
