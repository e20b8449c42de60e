package sa.cleanlife.partnerapi.logging;

/** How a log line is written: as text for people, or as JSON for programs. */
public enum LogFormat {
    TEXT,
    JSON
}
