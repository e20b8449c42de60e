/** The embedded PostgreSQL in the data directory: unpacked, started, watched and stopped with the server. */
@NullMarked
package sa.cleanlife.partnerapi.database.embedded;

import org.jspecify.annotations.NullMarked;
