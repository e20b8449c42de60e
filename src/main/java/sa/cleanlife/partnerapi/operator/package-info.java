/** The parts that every operator's command needs: the operator, the database, output and refusals. */
@NullMarked
package sa.cleanlife.partnerapi.operator;

import org.jspecify.annotations.NullMarked;
