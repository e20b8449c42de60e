/** Breaks processes, connections and a simulated database on purpose, and decides by the history of all calls whether any promise broke. */
@NullMarked
package sa.cleanlife.partnerapi.faults;

import org.jspecify.annotations.NullMarked;
