/** People a partner books for, each known by one phone number; owns {@link PhoneNumber} and the quota of new contacts. */
@NullMarked
package sa.cleanlife.partnerapi.contacts;

import org.jspecify.annotations.NullMarked;
