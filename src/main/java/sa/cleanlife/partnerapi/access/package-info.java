/** Partners and their API keys: issuing, checking, limiting and revoking them, and telling who sends a request. */
@NullMarked
package sa.cleanlife.partnerapi.access;

import org.jspecify.annotations.NullMarked;
