package sa.cleanlife.partnerapi.http.json;

/**
 * The sentences for failed rules. The first placeholder in each is the field's name, as in {@code timeslot.startAt must
 * be a string}.
 */
final class Sentences {
    static final Sentence STRING = new Sentence("%s must be a string", "%s يجب أن يكون نصًّا");
    static final Sentence UUID = new Sentence("%s must be a UUID", "%s يجب أن يكون معرّفًا بصيغة UUID");
    static final Sentence WHOLE_NUMBER = new Sentence("%s must be a whole number", "%s يجب أن يكون عددًا صحيحًا");
    static final Sentence NUMBER = new Sentence("%s must be a number", "%s يجب أن يكون عددًا");
    static final Sentence BOOLEAN = new Sentence("%s must be true or false", "%s يجب أن يكون true أو false");
    static final Sentence DATE = new Sentence(
            "%s must be a valid ISO 8601 date string", "%s يجب أن يكون تاريخًا صحيحًا بصيغة ISO 8601 (YYYY-MM-DD)");
    static final Sentence TIME = new Sentence(
            "%s must be a time in the form HH:mm or HH:mm:ss", "%s يجب أن يكون وقتًا بصيغة HH:mm أو HH:mm:ss");
    static final Sentence ONE_OF = new Sentence("%s must be one of %s", "%s يجب أن يكون إحدى القيم التالية: %s");
    static final Sentence OBJECT = new Sentence("%s must be an object", "%s يجب أن يكون كائنًا (object)");
    static final Sentence ARRAY = new Sentence("%s must be an array", "%s يجب أن يكون مصفوفة (array)");

    /** Appended to the sentence about the type when a required field is missing. */
    static final Sentence REQUIRED = new Sentence("; it is required", "؛ وهو حقل مطلوب");

    /** Appended to it when an unknown field with a similar name was sent. */
    static final Sentence MISNAMED = new Sentence("; send %s as %s", "؛ أرسل %s باسم %s");

    static final Sentence NOT_LESS = new Sentence("%s must not be less than %s", "%s يجب ألا يقل عن \u200E%s");
    static final Sentence NOT_GREATER = new Sentence("%s must not be greater than %s", "%s يجب ألا يزيد على \u200E%s");
    static final Sentence MULTIPLE = new Sentence("%s must be a multiple of %s", "%s يجب أن يكون من مضاعفات %s");
    static final Sentence DECIMAL_PLACES =
            new Sentence("%s must have at most %d decimal places", "%s يجب ألا يزيد عدد خاناته العشرية على %d");
    static final Sentence DIGITS =
            new Sentence("%s must be a number of at most %d digits", "%s يجب ألا يزيد عدد أرقامه على %d");

    static final Sentence LENGTH =
            new Sentence("%s must be 1 to %d characters long", "%s يجب أن يتراوح عدد أحرفه بين 1 و%d");
    static final Sentence MAX_LENGTH =
            new Sentence("%s must be at most %d characters long", "%s يجب ألا يزيد عدد أحرفه على %d");
    static final Sentence STORABLE = new Sentence(
            "%s must not contain control characters or unpaired surrogates",
            "%s يجب ألا يحتوي على أحرف تحكم أو أنصاف أزواج بديلة (unpaired surrogates)");
    static final Sentence VISIBLE = new Sentence(
            "%s must contain at least one visible character", "%s يجب أن يحتوي على حرف مرئي واحد على الأقل");
    static final Sentence DIRECTIONS = new Sentence(
            "%s must end each embedding, override and isolate of text direction that it begins (U+202A, U+202B, U+202D, U+202E, U+2066, U+2067, U+2068)",
            "%s يجب أن ينهي كل تغيير لاتجاه النص يبدأ فيه (U+202A وU+202B وU+202D وU+202E وU+2066 وU+2067 وU+2068)");

    static final Sentence MIN_ELEMENTS =
            new Sentence("%s must contain at least %d elements", "%s يجب ألا يقل عدد عناصره عن %d");
    static final Sentence MAX_ELEMENTS =
            new Sentence("%s must contain no more than %d elements", "%s يجب ألا يزيد عدد عناصره على %d");

    static final Sentence ONCE = new Sentence("%s must be sent once", "%s يجب أن يُرسل مرة واحدة فقط");
    static final Sentence PERCENT_ENCODED = new Sentence(
            "%s must be percent-encoded UTF-8", "%s يجب أن يكون نصًّا بترميز UTF-8 وبصيغة percent-encoding صحيحة");

    static final Sentence CONTENT_TYPE = new Sentence("%s must be application/json", "%s يجب أن يكون application/json");
    static final Sentence CONTENT_ENCODING = new Sentence(
            "%s must be identity or left out; send the body without compression",
            "%s يجب أن يكون identity أو ألا يُرسل؛ أرسل محتوى الطلب (body) دون ضغط");
    static final Sentence UTF_8_NOT_16 = new Sentence(
            "%s must be UTF-8; it begins with a byte order mark of UTF-16 or UTF-32",
            "%s يجب أن يكون بترميز UTF-8؛ لكنه يبدأ بعلامة ترتيب البايتات (BOM) الخاصة بترميز UTF-16 أو UTF-32");
    static final Sentence UTF_8 = new Sentence(
            "%s must be UTF-8; the byte at offset %d is not",
            "%s يجب أن يكون بترميز UTF-8؛ والبايت عند الإزاحة %d ليس كذلك");
    static final Sentence DEPTH =
            new Sentence("%s must not be nested deeper than %d", "%s يجب ألا يزيد عمق تداخله على %d");
    static final Sentence ONE_OBJECT = new Sentence("%s must be one JSON object", "%s يجب أن يكون كائن JSON واحدًا");

    // These are appended to ONE_OBJECT.
    static final Sentence IS_EMPTY = new Sentence("; it is empty", "؛ لكنه فارغ");
    static final Sentence BEGINS_WITH_A_MARK = new Sentence(
            "; it begins with a byte order mark (U+FEFF), which must be left out",
            "؛ لكنه يبدأ بعلامة ترتيب البايتات (BOM، U+FEFF)، ويجب حذفها");
    static final Sentence IS_AN_ARRAY = new Sentence("; it is an array", "؛ لكنه مصفوفة");
    static final Sentence IS_A_STRING = new Sentence("; it is a string", "؛ لكنه نص");
    static final Sentence IS_A_NUMBER = new Sentence("; it is a number", "؛ لكنه عدد");
    static final Sentence IS_A_WORD = new Sentence("; it is true, false or null", "؛ لكنه true أو false أو null");
    static final Sentence IS_FOLLOWED = new Sentence("; something follows it", "؛ لكن شيئًا يليه");
    static final Sentence REPEATS_A_KEY = new Sentence("; it repeats a key", "؛ لكن فيه مفتاحًا مكررًا");
    static final Sentence IS_MALFORMED = new Sentence("; it is malformed", "؛ لكن صيغته غير صحيحة");
    static final Sentence AT = new Sentence(" at line %d, column %d", " عند السطر %d، العمود %d");

    private Sentences() {}
}
