/** {@link Main} and what an operator types: {@code serve}, {@code partner …}, {@code key …}, {@code audit …}. */
@NullMarked
package sa.cleanlife.partnerapi.cli;

import org.jspecify.annotations.NullMarked;
