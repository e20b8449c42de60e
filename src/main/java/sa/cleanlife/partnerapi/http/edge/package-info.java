/** Guards the server's connections: how many there may be, how long each may be silent, and which requests are no HTTP. */
@NullMarked
package sa.cleanlife.partnerapi.http.edge;

import org.jspecify.annotations.NullMarked;
