/** What every command of an operator needs, whatever it does: who acts, the database, output and refusals. */
@NullMarked
package sa.cleanlife.partnerapi.operator;

import org.jspecify.annotations.NullMarked;
