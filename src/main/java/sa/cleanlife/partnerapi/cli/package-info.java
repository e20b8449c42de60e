/** {@link Main}, which puts the commands of all features together, and {@code serve}. Above all others. */
@NullMarked
package sa.cleanlife.partnerapi.cli;

import org.jspecify.annotations.NullMarked;
