/** Embedded or external PostgreSQL, pool, migrations, coalescing; knows no table. */
@NullMarked
package sa.cleanlife.partnerapi.database;

import org.jspecify.annotations.NullMarked;
