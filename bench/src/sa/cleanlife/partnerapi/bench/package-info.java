/** Measures the server in comparison with PostgreSQL itself and other servers, on one machine in interleaved rounds. */
@NullMarked
package sa.cleanlife.partnerapi.bench;

import org.jspecify.annotations.NullMarked;
