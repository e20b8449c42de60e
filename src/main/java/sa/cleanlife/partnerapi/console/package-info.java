/** Pages for people: the reference of the API. */
@NullMarked
package sa.cleanlife.partnerapi.console;

import org.jspecify.annotations.NullMarked;
