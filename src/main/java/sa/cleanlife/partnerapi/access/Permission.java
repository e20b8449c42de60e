package sa.cleanlife.partnerapi.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.Request;
import sa.cleanlife.partnerapi.http.RequiredPermission;
import sa.cleanlife.partnerapi.http.json.Sentence;

/** A permission of a key. The list is closed. */
public enum Permission implements RequiredPermission {
    PARTNER_CONTACTS_READ,
    PARTNER_SERVICES_READ,
    PARTNER_TIMESLOTS_READ,
    PARTNER_PRICING_READ,
    PARTNER_BOOKINGS_CREATE,
    PARTNER_BOOKINGS_READ,
    PARTNER_BOOKINGS_UPDATE,
    PARTNER_BOOKINGS_CANCEL,
    PARTNER_BOOKINGS_CONFIRM_PAYMENT,
    PARTNER_WEBHOOKS_MANAGE,
    PARTNER_ADDRESSES_MANAGE;

    private static final Sentence MISSING =
            new Sentence("This API key lacks the permission %s.", "لا يملك مفتاح API هذا الصلاحية %s.");

    /** The permission's name, as partners, operators and the database write it. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Permission> ofCode(String code) {
        return Arrays.stream(values())
                .filter(permission -> permission.code().equals(code))
                .findFirst();
    }

    @Override
    public void check(Request request) {
        if (!request.caller().permissions().contains(this)) {
            throw ErrorCode.FORBIDDEN.error(MISSING.with(code())).because("permission missing");
        }
    }
}
