package sa.cleanlife.partnerapi.database;

/**
 * The settings of a session that change what a statement of ours means, or whether it comes to its end. A role or a database
 * can have others ({@code ALTER ROLE … SET}), so every session that we open, of the pools and of migrations, begins with
 * these. They are statements, not parameters of the connection, since PgBouncer refuses most of those.
 *
 * <p>Left alone is what an operator decides on purpose: {@code default_transaction_read_only} and {@code
 * synchronous_commit}, which are refused where they do not fit, {@code role}, tablespaces, and what only costs or saves time.
 */
final class SessionSettings {
    /**
     * Of the schemas, one: the one that our tables are in, as far as this role's search path shows them; {@code public}, if
     * they are there; otherwise, before the first start, the one in which this role creates tables. So a search path that was
     * changed later hides no contacts, and another schema's table does not stand before ours.
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
