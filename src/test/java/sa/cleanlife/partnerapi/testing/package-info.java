/**
 * The fixtures that tests of every feature share: a running server, its partners, and the PostgreSQL of the test
 * process.
 */
@NullMarked
package sa.cleanlife.partnerapi.testing;

import org.jspecify.annotations.NullMarked;
