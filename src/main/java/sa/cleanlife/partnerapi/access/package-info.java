/** Partners and their API keys: issues, checks, limits and revokes them, and says who is calling. */
@NullMarked
package sa.cleanlife.partnerapi.access;

import org.jspecify.annotations.NullMarked;
