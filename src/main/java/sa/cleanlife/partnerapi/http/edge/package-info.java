/** Guards connections: their number, how long each may be silent, and which input is not HTTP. */
@NullMarked
package sa.cleanlife.partnerapi.http.edge;

import org.jspecify.annotations.NullMarked;
