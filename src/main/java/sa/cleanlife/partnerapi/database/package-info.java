/** PostgreSQL: pools, transactions, batching, retries, migrations. This package knows no table. */
@NullMarked
package sa.cleanlife.partnerapi.database;

import org.jspecify.annotations.NullMarked;
