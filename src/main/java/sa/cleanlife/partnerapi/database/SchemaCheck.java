package sa.cleanlife.partnerapi.database;

import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/**
 * What a start looks for in the schema, so that the operator reads at once what would otherwise fail at some request later:
 * a second schema with the server's tables, a privilege that the role lacks, and a check that an old version has spoilt.
 */
public final class SchemaCheck {
    private final Database database;

    public SchemaCheck(Database database) {
        this.database = database;
    }

    /** The schemas that hold the server's tables: one, or none before the first start. */
    public Future<List<String>> schemas() {
        return texts(SessionSettings.SCHEMAS_OF_OURS, Tuple.tuple());
    }

    /**
     * The statements that give the role what it lacks of these grants. PostgreSQL is asked for one privilege at a time: of a
     * list it says yes when the role has any.
     */
    public Future<List<String>> missingGrants(List<TableGrant> grants) {
        var tables = new ArrayList<String>();
        var privileges = new ArrayList<String>();
        for (var grant : grants) {
            for (var table : grant.tables()) {
                for (var privilege : grant.privileges()) {
                    tables.add(table);
                    privileges.add(privilege);
                }
            }
        }
        // The search path is one schema, which current_schema() does not name when the role may not use it.
        return texts("""
                WITH ours AS (
                    SELECT oid, nspname
                      FROM pg_namespace
                     WHERE nspname = (parse_ident(current_setting('search_path')))[1]
                ), missing AS (
                    SELECT 0 AS at, format('GRANT USAGE ON SCHEMA %I TO %I;', nspname, current_user) AS statement
                      FROM ours
                     WHERE NOT has_schema_privilege(oid, 'USAGE')
                     UNION ALL
                    SELECT min(needed.at),
                           format('GRANT %s ON %I.%I TO %I;',
                                  string_agg(needed.privilege, ', ' ORDER BY needed.at),
                                  ours.nspname, needed.name, current_user)
                      FROM ours
                     CROSS JOIN unnest($1::text[], $2::text[]) WITH ORDINALITY AS needed (name, privilege, at)
                      LEFT JOIN pg_class c ON c.relname = needed.name AND c.relnamespace = ours.oid
                     WHERE has_table_privilege(c.oid, needed.privilege) IS NOT TRUE
                     GROUP BY ours.nspname, needed.name
                )
                SELECT statement FROM missing ORDER BY at
                """, Sql.tuple(tables.toArray(String[]::new), privileges.toArray(String[]::new)));
    }

    /**
     * The statements that mend the checks which an old version made while the role had {@code standard_conforming_strings}
     * off. Such a check has lost the backslash before a plus sign, and refuses every row.
     */
    public Future<List<String>> repairsOfChecks() {
        return texts("""
                SELECT format('ALTER TABLE %I.%I DROP CONSTRAINT %I, ADD CONSTRAINT %3$I %s;',
                              n.nspname, t.relname, c.conname, replace(pg_get_constraintdef(c.oid), '''^+', '''^[+]'))
                  FROM pg_constraint c
                  JOIN pg_class t ON t.oid = c.conrelid
                  JOIN pg_namespace n ON n.oid = t.relnamespace
                 WHERE n.nspname = current_schema()
                   AND c.contype = 'c'
                   AND strpos(pg_get_constraintdef(c.oid), '''^+') > 0
                 ORDER BY 1
                """, Tuple.tuple());
    }

    private Future<List<String>> texts(String sql, Tuple parameters) {
        return database.query(sql, parameters)
                .map(rows -> rows.stream().map(row -> row.getString(0)).toList());
    }
}
