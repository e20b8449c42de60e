/**
 * Breaks processes, connections and a simulated database on purpose, and checks from the history of all requests
 * whether any promise was broken.
 */
@NullMarked
package sa.cleanlife.partnerapi.faults;

import org.jspecify.annotations.NullMarked;
