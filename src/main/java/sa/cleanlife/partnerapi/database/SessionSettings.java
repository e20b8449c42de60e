package sa.cleanlife.partnerapi.database;

/**
 * The session settings that change the meaning of a statement or keep it from finishing. A role or a database can
 * override them ({@code ALTER ROLE … SET}), so every session of the pools and of migrations begins with these. They are
 * statements rather than connection parameters, since PgBouncer refuses most of those.
 *
 * <p>Not set here is what an operator decides on purpose: {@code default_transaction_read_only} and {@code
 * synchronous_commit}, which are refused where they do not fit, {@code role}, tablespaces, and settings that affect
 * only speed.
 */
final class SessionSettings {
    /**
     * Lists the schemas that hold this server's tables, the oldest first. The catalog shows every schema, so neither a changed
     * search path nor a login as another role hides one.
     */
    static final String SCHEMAS_OF_OURS = """
            SELECT n.nspname
              FROM pg_class c
              JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relname IN ('flyway_schema_history', 'access_version', 'contact') AND c.relkind = 'r'
             GROUP BY n.nspname
            HAVING count(*) = 3
             ORDER BY min(c.oid)
            """;

    /**
     * Sets the search path to one schema: the one that holds our tables; else, before the first start, the schema in which
     * the role creates tables. So no other schema's table takes precedence. A start refuses a database with several; one
     * that is created while the server runs is not used, since it is younger.
     */
    private static final String SCHEMA = """
            SELECT set_config('search_path',
                              quote_ident(coalesce((%s LIMIT 1), current_schema(), 'public')), false)
            """.formatted(SCHEMAS_OF_OURS);

    static final String STATEMENTS = """
            SET statement_timeout = 0;
            SET lock_timeout = 0;
            SET idle_in_transaction_session_timeout = 0;
            SET idle_session_timeout = 0;
            SELECT set_config('transaction_timeout', '0', false)
             WHERE current_setting('transaction_timeout', true) IS NOT NULL; -- since PostgreSQL 17
            SET standard_conforming_strings = on;
            SET client_encoding = 'UTF8';
            SET TimeZone = 'UTC';
            SET DateStyle = 'ISO, MDY';
            SET IntervalStyle = 'postgres';
            SET bytea_output = 'hex';
            SET array_nulls = on;
            SET default_transaction_isolation = 'read committed';
            """ + SCHEMA;

    private SessionSettings() {}
}
