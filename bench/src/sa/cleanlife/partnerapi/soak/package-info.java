/** What the server holds after minutes of everything that may come is what it held before. */
@NullMarked
package sa.cleanlife.partnerapi.soak;

import org.jspecify.annotations.NullMarked;
