/**
 * Finds inputs that nobody thought of: a seeded generator of requests, and the classes that the fuzz tests of all
 * packages share.
 */
@NullMarked
package sa.cleanlife.partnerapi.fuzz;

import org.jspecify.annotations.NullMarked;
