/** How log lines are written: as text for people or JSON for programs, many at a time, by a thread of their own. */
@NullMarked
package sa.cleanlife.partnerapi.logging;

import org.jspecify.annotations.NullMarked;
