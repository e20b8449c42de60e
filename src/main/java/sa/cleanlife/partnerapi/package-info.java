/** Puts the server together by hand (PartnerApi), and holds all configuration as one record (Settings). */
@NullMarked
package sa.cleanlife.partnerapi;

import org.jspecify.annotations.NullMarked;
