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
     * Sets the search path to one schema: the one that holds our tables, according to the search path of the role; else
     * {@code public} if they are there; else, before the first start, the schema in which the role creates tables. So a
     * search path that is changed later hides no contacts, and no other schema's table takes precedence.
     */
    private static final String SCHEMA = """
            SELECT set_config('search_path', quote_ident(coalesce(
                       (SELECT n.nspname
                          FROM pg_class c
                          JOIN pg_namespace n ON n.oid = c.relnamespace
                         WHERE c.relname = 'flyway_schema_history'
                           AND (pg_table_is_visible(c.oid) OR n.nspname = 'public')
                         ORDER BY pg_table_is_visible(c.oid) DESC
                         LIMIT 1),
                       current_schema(),
                       'public')), false)
            """;

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
