/** People a partner books for, each known by one phone number; owns PhoneNumber. */
@NullMarked
package sa.cleanlife.partnerapi.contacts;

import org.jspecify.annotations.NullMarked;
