package sa.cleanlife.partnerapi.access;

import sa.cleanlife.partnerapi.http.ApiException;
import sa.cleanlife.partnerapi.http.Caller;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.json.Sentence;

/**
 * A key that was issued, but is not accepted any more, with the cause. The response tells the cause, since it reaches
 * only the holder of the whole key.
 *
 * @param caller the owner of the key, without any permission
 */
record ClosedKey(Caller caller, Cause cause) {
    /** What closed the key. */
    enum Cause {
        REVOKED(
                "the API key was revoked",
                "This API key was revoked; ask the operator for a new one.",
                "تم إلغاء مفتاح API هذا؛ اطلب من المشغّل مفتاحًا جديدًا."),
        EXPIRED(
                "the API key has expired",
                "This API key has expired; ask the operator for a new one.",
                "انتهت صلاحية مفتاح API هذا؛ اطلب من المشغّل مفتاحًا جديدًا."),
        PARTNER_NOT_ACTIVE(
                "the partner is not active",
                "The partner that this API key belongs to is not active; ask the operator to activate it.",
                "الشريك الذي يتبع له مفتاح API هذا غير نشط؛ اطلب من المشغّل تفعيله.");

        private final String reason;
        private final String english;
        private final String arabic;

        Cause(String reason, String english, String arabic) {
            this.reason = reason;
            this.english = english;
            this.arabic = arabic;
        }
    }

    /** Whether the key can become valid again: an operator may set a later expiry, or activate the partner. */
    boolean mayOpenAgain() {
        return cause != Cause.REVOKED;
    }

    ApiException refusal() {
        return ErrorCode.UNAUTHORIZED
                .error(new Sentence(cause.english, cause.arabic))
                .because(cause.reason);
    }
}
