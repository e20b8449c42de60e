package sa.cleanlife.partnerapi.http.json;

/** The languages of a {@link Sentence}; the default is English. */
public enum Language {
    ENGLISH("en"),
    ARABIC("ar");

    private final String tag;

    Language(String tag) {
        this.tag = tag;
    }

    /** The language tag for HTTP headers. */
    public String tag() {
        return tag;
    }
}
