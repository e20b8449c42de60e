/**
 * Reads bodies, queries and pages, with a sentence for each failed rule, and writes JSON. This package does not depend
 * on HTTP.
 */
@NullMarked
package sa.cleanlife.partnerapi.http.json;

import org.jspecify.annotations.NullMarked;
