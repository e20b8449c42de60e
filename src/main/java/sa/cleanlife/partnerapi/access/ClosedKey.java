package sa.cleanlife.partnerapi.access;

import sa.cleanlife.partnerapi.http.ApiException;
import sa.cleanlife.partnerapi.http.Caller;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.json.Sentence;

/**
 * A key that was issued and opens nothing, and why. Its holder is told: only who has the whole key learns that.
 *
 * @param caller whose key it is, without any permission
 */
record ClosedKey(Caller caller, Cause cause) {
    /** What closed the key. */
    enum Cause {
        REVOKED(
                "the API key was revoked",
                new Sentence(
                        "This API key was revoked; ask the operator for a new one.",
                        "تم إلغاء مفتاح API هذا؛ اطلب من المشغّل مفتاحًا جديدًا.")),
        EXPIRED(
                "the API key has expired",
                new Sentence(
                        "This API key has expired; ask the operator for a new one.",
                        "انتهت صلاحية مفتاح API هذا؛ اطلب من المشغّل مفتاحًا جديدًا.")),
        PARTNER_NOT_ACTIVE(
                "the partner is not active",
                new Sentence(
                        "The partner that this API key belongs to is not active; ask the operator to activate it.",
                        "الشريك الذي يتبع له مفتاح API هذا غير نشط؛ اطلب من المشغّل تفعيله."));

        private final String reason;
        private final Sentence sentence;

        Cause(String reason, Sentence sentence) {
            this.reason = reason;
            this.sentence = sentence;
        }
    }

    /** Whether it can open something again: a later expiry may be set, and a partner activated. */
    boolean mayOpenAgain() {
        return cause != Cause.REVOKED;
    }

    ApiException refusal() {
        return ErrorCode.UNAUTHORIZED.error(cause.sentence).because(cause.reason);
    }
}
