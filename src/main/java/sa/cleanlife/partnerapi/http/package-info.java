/**
 * What every route needs and no feature owns: routing, the envelope, error codes, request ids, CORS, the access log.
 */
@NullMarked
package sa.cleanlife.partnerapi.http;

import org.jspecify.annotations.NullMarked;
