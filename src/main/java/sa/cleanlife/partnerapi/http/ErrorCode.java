package sa.cleanlife.partnerapi.http;

import org.jspecify.annotations.Nullable;
import sa.cleanlife.partnerapi.http.json.Sentence;

/**
 * Everything this API can refuse, as the {@code error.code} a partner's client branches on. The list is closed and
 * published, a status to each. The sentence is for people, and says nothing of the inside.
 */
public enum ErrorCode {
    /** Only of failed rules, by {@link Refusals}: the message is the first rule's sentence. */
    VALIDATION_ERROR(400),
    UNAUTHORIZED(
            401,
            "A valid API key is needed: send it in the header x-api-key.",
            "يلزم مفتاح API صالح: أرسله في الترويسة x-api-key."),
    FORBIDDEN(403),
    INVALID_PARTNER_DOMAIN(
            403,
            "This call comes from a domain that is not registered; call from a registered domain, or ask the operator to register this one.",
            "هذا الطلب وارد من نطاق غير مسجّل؛ أرسله من نطاق مسجّل، أو اطلب من المشغّل تسجيل هذا النطاق."),
    SANDBOX_DOMAIN_NOT_ALLOWED(
            403,
            "This call comes from a sandbox domain, and sandbox access is off for this partner; call from a production domain, or ask the operator to turn it on.",
            "هذا الطلب وارد من نطاق تجريبي (sandbox)، والوصول التجريبي غير مفعّل لهذا الشريك؛ أرسله من نطاق الإنتاج، أو اطلب من المشغّل تفعيل الوصول التجريبي."),
    RESOURCE_NOT_FOUND(
            404,
            "There is no such path; the API is described at /docs.",
            "هذا المسار غير موجود؛ تجد وصف واجهة برمجة التطبيقات (API) في \u200E/docs."),
    METHOD_NOT_ALLOWED(
            405,
            "This path does not take this method; see the Allow header.",
            "هذا المسار لا يقبل هذه الطريقة (method)؛ راجع الترويسة Allow."),
    PAYLOAD_TOO_LARGE(413),
    RATE_LIMIT_EXCEEDED(
            429, "Partner API rate limit exceeded", "تم تجاوز الحد المسموح به لعدد الطلبات إلى Partner API"),
    INTERNAL_ERROR(
            500,
            "Something went wrong on our side; it has been recorded under this request id.",
            "حدث خطأ من جانبنا، وقد سُجّل برقم هذا الطلب (requestId)."),
    SERVICE_UNAVAILABLE(
            503,
            "The service cannot answer right now; try again after the seconds in Retry-After.",
            "لا تستطيع الخدمة الرد الآن؛ أعد المحاولة بعد عدد الثواني المذكور في Retry-After.");

    private final int status;
    private final @Nullable String english;
    private final @Nullable String arabic;

    /** A code whose every refusal brings a sentence of its own. */
    ErrorCode(int status) {
        this.status = status;
        this.english = null;
        this.arabic = null;
    }

    ErrorCode(int status, String english, String arabic) {
        this.status = status;
        this.english = english;
        this.arabic = arabic;
    }

    public int status() {
        return status;
    }

    /** With the code's own sentence; throws if the code has none. */
    public ApiException error() {
        if (english == null || arabic == null) {
            throw new IllegalStateException(name() + " has no sentence of its own");
        }
        return error(new Sentence(english, arabic));
    }

    /** With a sentence that says more than the code alone; it is shown to the partner. */
    public ApiException error(Sentence publicSentence) {
        return new ApiException(this, publicSentence);
    }
}
