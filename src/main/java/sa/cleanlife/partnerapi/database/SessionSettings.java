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
     * The schemas that hold this server's tables, the oldest first. They are found in the catalog, which shows every schema: a
     * search path that was changed later, or another role that logs in, hides none of them.
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
     * The search path is one schema: the one that holds our tables, or, before the first start, the one in which this role
     * creates tables. So no other schema's table stands before ours. A start refuses a database that has several; one that
     * appears while the server runs is not used, because it is the younger.
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
