/** What every route needs and no feature owns: the envelope, error codes, bodies, request ids, CORS, the access log. */
@NullMarked
package sa.cleanlife.partnerapi.http;

import org.jspecify.annotations.NullMarked;
