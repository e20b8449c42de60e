/**
 * Puts the server together by hand (PartnerApi), starts and stops it (Server), and holds all configuration as one record
 * (Settings).
 */
@NullMarked
package sa.cleanlife.partnerapi;

import org.jspecify.annotations.NullMarked;
