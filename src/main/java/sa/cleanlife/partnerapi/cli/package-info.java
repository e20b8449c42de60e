/**
 * {@link Main}, which puts the commands of all features together, and {@code serve}. It lies above all other packages.
 */
@NullMarked
package sa.cleanlife.partnerapi.cli;

import org.jspecify.annotations.NullMarked;
