package sa.cleanlife.partnerapi.http;

import org.jspecify.annotations.Nullable;
import sa.cleanlife.partnerapi.http.json.Sentence;

/**
 * The error codes of the API: the {@code error.code} on which a client branches. The list is closed and published, with
 * one status per code. The sentence is for people and reveals nothing about internals.
 */
public enum ErrorCode {
    /** Created by {@link Refusals} alone, from failed rules: the message is the sentence of the first rule. */
    VALIDATION_ERROR(400),
    UNAUTHORIZED(
            401,
            "A valid API key is needed in the header x-api-key: pk_live_ or pk_sandbox_, followed by 32 letters and digits.",
            "يلزم مفتاح API صالح في الترويسة x-api-key: يبدأ بـ pk_live_ أو pk_sandbox_ ويليه 32 حرفًا ورقمًا."),
    FORBIDDEN(403),
    INVALID_PARTNER_DOMAIN(
            403,
            "This request comes from a domain that is not registered; send it from a registered domain, or ask the operator to register this one.",
            "هذا الطلب وارد من نطاق غير مسجّل؛ أرسله من نطاق مسجّل، أو اطلب من المشغّل تسجيل هذا النطاق."),
    SANDBOX_DOMAIN_NOT_ALLOWED(
            403,
            "This request comes from a sandbox domain, and sandbox access is off for this partner; send it from a production domain, or ask the operator to turn sandbox access on.",
            "هذا الطلب وارد من نطاق تجريبي (sandbox)، والوصول التجريبي غير مفعّل لهذا الشريك؛ أرسله من نطاق الإنتاج، أو اطلب من المشغّل تفعيل الوصول التجريبي."),
    RESOURCE_NOT_FOUND(
            404,
            "There is no such path; the API is described at /docs.",
            "هذا المسار غير موجود؛ تجد وصف واجهة برمجة التطبيقات (API) في \u200E/docs."),
    METHOD_NOT_ALLOWED(405),
    PAYLOAD_TOO_LARGE(413),
    RATE_LIMIT_EXCEEDED(
            429, "Partner API rate limit exceeded", "تم تجاوز الحد المسموح به لعدد الطلبات إلى Partner API"),
    INTERNAL_ERROR(
            500,
            "Something went wrong on our side; it has been recorded under this request id.",
            "حدث خطأ من جانبنا، وقد سُجّل برقم هذا الطلب (requestId)."),
    SERVICE_UNAVAILABLE(
            503,
            "The service cannot respond right now; try again after the number of seconds in Retry-After.",
            "لا تستطيع الخدمة الرد الآن؛ أعد المحاولة بعد عدد الثواني المذكور في Retry-After.");

    private final int status;
    private final @Nullable String english;
    private final @Nullable String arabic;

    /** A code that needs a specific sentence each time. */
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

    /** An error with the general sentence of the code; throws if the code has none. */
    public ApiException error() {
        if (english == null || arabic == null) {
            throw new IllegalStateException(name() + " has no sentence of its own");
        }
        return error(new Sentence(english, arabic));
    }

    /** An error with a more specific sentence, which the partner sees. */
    public ApiException error(Sentence publicSentence) {
        return new ApiException(this, publicSentence);
    }
}
