/** Rate limits: the requests of a key in any 60 s, over all nodes. It owns the table {@code rate_window}. */
@NullMarked
package sa.cleanlife.partnerapi.access.ratelimit;

import org.jspecify.annotations.NullMarked;
