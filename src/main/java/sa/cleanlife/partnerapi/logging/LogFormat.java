package sa.cleanlife.partnerapi.logging;

/** The format of log lines: text for people, or JSON for programs. */
public enum LogFormat {
    TEXT,
    JSON
}
