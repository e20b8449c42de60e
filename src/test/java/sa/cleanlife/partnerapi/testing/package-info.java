/** What tests of every feature are written with: a running server, its partners, and the PostgreSQL that they share. */
@NullMarked
package sa.cleanlife.partnerapi.testing;

import org.jspecify.annotations.NullMarked;
