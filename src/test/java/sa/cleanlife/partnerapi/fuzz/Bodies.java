package sa.cleanlife.partnerapi.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sa.cleanlife.partnerapi.fuzz.ApiDescription.Field;
import sa.cleanlife.partnerapi.fuzz.Conversation.Contact;

/**
 * Bodies by the schema of an operation: valid ones, ones with fields that break a rule, and ones that are no such
 * object.
 */
final class Bodies {
    /** The limits of openapi.yaml: the size in bytes, and the nesting of objects and arrays. */
    static final int MAX_BYTES = 64 * 1024;

    private static final int MAX_DEPTH = 32;

    private final List<Field> fields;
    private final Phones phones;
    private final Names names;
    private final SeededRandom random;

    Bodies(List<Field> fields, Phones phones, Names names, SeededRandom random) {
        this.fields = fields;
        this.phones = phones;
        this.names = names;
        this.random = random;
    }

    /** A valid body and the contact that it creates. */
    record Good(String json, Contact contact) {}

    /**
     * A body with these faulty fields.
     *
     * @param sentence one of the sentences of the error
     */
    record Bad(String json, TreeSet<String> faulty, Optional<String> sentence) {}

    Good good(String phone, boolean isNew) {
        var name = names.accepted();
        var json = object(members(phone, name));
        return new Good(json, new Contact(phone, Names.kept(name), Optional.of(isNew)));
    }

    /** A valid body of the maximum length. */
    Good goodOfMaxLength(String phone) {
        var good = good(phone, true);
        return new Good(good.json() + " ".repeat(MAX_BYTES - good.json().length()), good.contact());
    }

    /** A valid value of each field as JSON, and sometimes unknown fields. */
    private Map<String, String> members(String phone, String name) {
        var members = new LinkedHashMap<String, String>();
        for (var field : fields) {
            if (field.required() || random.oneIn(2)) {
                members.put(field.name(), accepted(field, phone, name));
            }
        }
        while (random.oneIn(3)) {
            members.put("x" + random.token(random.between(1, 20)), anything(random.between(1, MAX_DEPTH - 1)));
        }
        return members;
    }

    private String accepted(Field field, String phone, String name) {
        if (field.types().contains("null") && random.oneIn(4)) {
            return "null";
        }
        return string(
                switch (field.name()) {
                    case "phone" -> phones.spelled(phone);
                    case "name" -> name;
                    case "utmSource" ->
                        random.oneOf(
                                "HOTEL_APP", "", " ", "u".repeat(100), random.token(20), "\u0645\u0635\u062f\u0631");
                    default -> throw unknown(field);
                });
    }

    private static IllegalStateException unknown(Field field) {
        return new IllegalStateException("this generator has no values for the field of openapi.yaml: " + field.name());
    }

    /** A body in which one or more fields break a rule. */
    Bad bad(String phone) {
        var members = members(phone, names.accepted());
        var faulty = new TreeSet<String>();
        var suggested = Optional.<String>empty();
        do {
            var field = random.oneOf(fields);
            if (faulty.add(field.name())) {
                var now = spoil(field, phone, members);
                suggested = now.isPresent() ? now : suggested;
            }
        } while (random.oneIn(3));
        return new Bad(
                object(members),
                faulty,
                suggested.map(
                        number -> "phone must be a valid phone number in" + " international form; send " + number));
    }

    /** Replaces the field by a value that breaks its rule; returns the phone that the error suggests, if any. */
    private Optional<String> spoil(Field field, String phone, Map<String, String> members) {
        if (field.required() && random.oneIn(6)) {
            members.remove(field.name());
            return Optional.empty();
        }
        if (random.oneIn(3)) {
            members.put(field.name(), ofAnotherType(field));
            return Optional.empty();
        }
        switch (field.name()) {
            case "phone" -> {
                var spoiled = phones.spoiled(phone);
                members.put(field.name(), string(spoiled.text()));
                return spoiled.suggested();
            }
            case "name" -> members.put(field.name(), string(names.spoiled()));
            case "utmSource" -> members.put(field.name(), string(names.spoiledSource()));
            default -> throw unknown(field);
        }
        return Optional.empty();
    }

    private String ofAnotherType(Field field) {
        if (!field.types().contains("null") && random.oneIn(5)) {
            return "null";
        }
        return random.oneIn(2) ? number() : random.oneOf("true", "false", "{}", "[]", "[\"a\"]", "{\"a\":\"b\"}");
    }

    private String number() {
        return random.oneOf(
                "0",
                "-0",
                "5",
                "-1.5e+9",
                "1e999999999",
                "966500000000",
                "9".repeat(random.between(1, 2_000)),
                "0.1e-7");
    }

    /** A random value, nested to this depth. */
    private String anything(int depth) {
        return switch (random.below(8)) {
            case 0 -> number();
            case 1 -> random.oneOf("true", "false", "null");
            case 2 -> "[".repeat(depth) + "]".repeat(depth);
            case 3 -> "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
            case 4 -> depth < 2 ? "[]" : "[1,\"a\",null,{\"phone\":\"+966500000000\"}]";
            default -> string(random.token(random.between(0, 60)));
        };
    }

    /** An object with some of these fields, each of a described type or another one. */
    String described(List<Field> described) {
        var members = new LinkedHashMap<String, String>();
        for (var field : described) {
            if (!random.oneIn(5)) {
                members.put(
                        field.name(),
                        random.oneIn(3)
                                ? anything(random.between(1, 5))
                                : ofType(random.oneOf(List.copyOf(field.types()))));
            }
        }
        return object(members);
    }

    private String ofType(String type) {
        return switch (type) {
            case "null" -> "null";
            case "boolean" -> random.oneOf("true", "false");
            case "integer", "number" -> number();
            case "array" -> "[" + anything(1) + "]";
            case "object" -> "{\"a\":" + anything(1) + "}";
            default -> string(random.oneOf(random.uuid(), random.token(20), "2026-06-20", "09:00", names.accepted()));
        };
    }

    /** Text that is not one JSON object in UTF-8, is nested too deeply, or repeats a key. */
    String noObject(String phone) {
        var good = good(phone, true).json().strip();
        var inner = good.substring(1, good.length() - 1);
        return switch (random.below(17)) {
            case 0 -> random.oneOf("", " ", "\r\n\t");
            case 1 -> good.substring(0, random.between(1, good.length() - 1));
            case 2 -> good + random.oneOf("x", ",", "{}", "]", "\"", "\0", "0", "}", good);
            case 3 -> "{" + inner + ",\"phone\":" + string(phone) + "}";
            case 4 -> "{" + inner + ",\"y\":{\"b\":1,\"\\u0062\":2}}";
            case 5 -> "{" + inner + ",\"y\":" + "[".repeat(MAX_DEPTH) + "]".repeat(MAX_DEPTH) + "}";
            case 6 -> "[".repeat(random.between(1, 20_000));
            case 7 -> "[" + good + "]";
            case 8 -> random.oneOf("5", "\"a\"", "null", "true", "NaN", "'a'", "undefined", "-", "{}{}");
            case 9 ->
                "{" + inner + ",\"y\":" + random.oneOf("01", "+1", "1.", ".5", "NaN", "0x1", "tru", "nul", "'a'") + "}";
            case 10 -> "{" + inner + ",}";
            case 11 -> "{" + inner + random.oneOf(" ", ";", ",,") + "\"y\":1}";
            case 12 -> "{" + inner + ",\"y\":\"" + random.oneOf("\0", "\n", "\t", "\u001f") + "\"}";
            case 13 -> "{" + inner + ",\"y\":\"" + random.oneOf(NOT_UTF8) + "\"}";
            case 14 -> "{/* */" + inner + "}";
            case 15 -> "{" + inner + ",\"y\":\"" + random.oneOf(NO_ESCAPES) + "\"}";
            default -> new String(good.getBytes(UTF_16), ISO_8859_1);
        };
    }

    /** The last two contain an Arabic digit, and a letter whose low byte is an ASCII digit. */
    private static final List<String> NO_ESCAPES =
            List.of("\\x", "\\", "\\u12", "\\u12g4", Request.utf8("\\u004\u0661"), Request.utf8("\\u004\u0130"));

    private static final List<String> NOT_UTF8 =
            List.of("\u0080", "\u00ff", "\u00c0\u00af", "\u00ed\u00a0\u0080", "\u00f4\u0090\u0080\u0080", "\u00d9");

    /** The fields in random order, with white space between. */
    private String object(Map<String, String> members) {
        var order = new ArrayList<>(members.keySet());
        if (random.oneIn(3)) {
            order.sort((one, other) -> other.compareTo(one));
        }
        return Request.utf8(space() + "{" + space())
                + order.stream()
                        .map(name -> Request.utf8(string(name)) + space() + ":" + space() + encoded(members.get(name)))
                        .collect(Collectors.joining(space() + "," + space()))
                + Request.utf8(space() + "}" + space());
    }

    private static String encoded(@Nullable String json) {
        return Request.utf8(String.valueOf(json));
    }

    private String space() {
        return random.oneIn(8) ? random.oneOf(" ", "\n", "\r\n", "\t  ") : "";
    }

    /** A JSON string in which each character is written in one of its possible ways. */
    private String string(String text) {
        var escapesAll = random.oneIn(10);
        var json = new StringBuilder("\"");
        for (var i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            // An unpaired surrogate has no UTF-8 form.
            var mustBeEscaped = c < ' ' || c == '"' || c == '\\' || Character.isSurrogate(c);
            json.append(mustBeEscaped || escapesAll ? "\\u%04x".formatted((int) c) : Character.toString(c));
        }
        return json.append('"').toString();
    }
}
