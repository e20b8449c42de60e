/** What each key has used, counted over all nodes: calls in a minute, new contacts in a day; and the limits on both. */
@NullMarked
package sa.cleanlife.partnerapi.usage;

import org.jspecify.annotations.NullMarked;
