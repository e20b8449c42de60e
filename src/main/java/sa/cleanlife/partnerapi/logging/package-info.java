/** Logging: lines as text for people or JSON for programs, written in batches by a thread of their own. */
@NullMarked
package sa.cleanlife.partnerapi.logging;

import org.jspecify.annotations.NullMarked;
