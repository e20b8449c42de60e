package sa.cleanlife.partnerapi.http.json;

/** The languages in which a {@link Sentence} can be read; English where nobody says which. */
public enum Language {
    ENGLISH("en"),
    ARABIC("ar");

    private final String tag;

    Language(String tag) {
        this.tag = tag;
    }

    /** As HTTP headers write it. */
    public String tag() {
        return tag;
    }
}
