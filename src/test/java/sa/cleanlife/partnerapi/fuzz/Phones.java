package sa.cleanlife.partnerapi.fuzz;

import java.util.List;
import java.util.Optional;

/** Saudi numbers, each for one conversation: in the stored form, in other spellings, and invalid. */
final class Phones {
    private static final int OF_A_CONVERSATION = 8;
    private static final int MOBILES = 100_000_000;
    private static final int LANDLINES = 10_000_000;

    private static final List<String> DIGITS = List.of("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９");
    private static final List<String> DROPPED =
            List.of("-", ".", "(", ")", "\u200e", "\u200f", "\u202a", "\u202c", "\u2066", "\u2069", "\ufeff", "\u00ad");
    private static final List<String> WHITE_SPACE =
            List.of(" ", "\t", "\n", "\r", "\u00a0", "\u2007", "\u3000", "\u0085");

    private final long first;
    private final SeededRandom random;
    private int taken;

    Phones(long conversation, SeededRandom random) {
        this.first = conversation * OF_A_CONVERSATION;
        this.random = random;
    }

    /** The stored form of a number that no other conversation has. */
    String next() {
        var number = first + taken++;
        if (number >= MOBILES || taken > OF_A_CONVERSATION) {
            throw new IllegalStateException("there are no more numbers");
        }
        // Every 11xxxxxxx is a landline in Riyadh.
        return random.oneIn(8) && number < LANDLINES ? "+96611%07d".formatted(number) : "+9665%08d".formatted(number);
    }

    /** Another spelling of the same number; at most 64 characters. */
    String spelled(String phone) {
        if (random.oneIn(3)) {
            return phone;
        }
        var plain = random.oneIn(3) ? "+9660" + phone.substring(4) : phone;
        var digits = random.oneOf(DIGITS);
        var spelled = new StringBuilder();
        plain.chars().forEach(c -> {
            if (random.oneIn(4)) {
                spelled.append(random.oneOf(DROPPED));
            }
            spelled.append(
                    c != '+' && random.oneIn(3)
                            ? digits.charAt(c - '0')
                            : c == '+' && random.oneIn(3) ? '＋' : (char) c);
        });
        return spelled.toString();
    }

    /** An invalid phone, with the suggestion in the error where there is one. */
    record Spoiled(String text, Optional<String> suggested) {}

    Spoiled spoiled(String phone) {
        var national = phone.substring(4);
        return switch (random.below(15)) {
            case 0 -> new Spoiled("0" + national, Optional.of(phone));
            case 1 -> new Spoiled(phone.substring(1), Optional.of(phone));
            case 2 -> new Spoiled("00" + phone.substring(1), Optional.of(phone));
            case 3 -> new Spoiled(withWhiteSpace(phone), Optional.of(phone));
            case 4 -> withoutSuggestion(phone.substring(0, phone.length() - 1));
            case 5 -> withoutSuggestion(phone + random.below(10) + random.below(10));
            case 6 -> withoutSuggestion("+" + phone);
            case 7 -> withoutSuggestion("tel:" + phone);
            case 8 -> withoutSuggestion(phone + random.oneOf("x1", ",1", ";ext=1", "#1", "\0", "\ud83d", "/", phone));
            case 9 -> withoutSuggestion(phone.substring(0, 6) + random.characters("ABCDEFGHIJKL", 7));
            case 10 -> withoutSuggestion(random.oneOf("+14155550100", "+971501234567", "+966911", "+966100000000"));
            case 11 -> withoutSuggestion(phone + "-".repeat(65 - phone.length()));
            case 12 -> withoutSuggestion(random.oneOf("", "+", "+966", "abc", "null", "٠", "+966\u0669"));
            case 13 -> withoutSuggestion(with(random.oneOf("x", "a", "/", ",", "+", "٫", "\u0301"), phone));
            default -> withoutSuggestion(phone.replace("+966", "+96६"));
        };
    }

    private static Spoiled withoutSuggestion(String text) {
        return new Spoiled(text, Optional.empty());
    }

    private String withWhiteSpace(String phone) {
        return with(random.oneOf(WHITE_SPACE), phone);
    }

    private String with(String inserted, String phone) {
        var at = random.below(phone.length() + 1);
        return phone.substring(0, at) + inserted + phone.substring(at);
    }
}
