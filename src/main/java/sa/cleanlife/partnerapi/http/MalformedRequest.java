package sa.cleanlife.partnerapi.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;
import sa.cleanlife.partnerapi.http.edge.HalfCloseHandler;
import sa.cleanlife.partnerapi.http.edge.HeadGate;
import sa.cleanlife.partnerapi.http.json.Sentence;
import sa.cleanlife.partnerapi.http.json.ValidationErrors;
import sa.cleanlife.partnerapi.http.json.ValidationException;

/** The error responses to malformed HTTP requests, which are rejected before routing. */
final class MalformedRequest {
    static final int MAX_REQUEST_LINE_BYTES = 4 * 1024;
    static final int MAX_HEADER_BYTES = 16 * 1024;

    private static final Sentence LINE = new Sentence(
                    "request must have a first line of at most %d bytes",
                    "request يجب ألا يزيد طول سطره الأول على %d بايت")
            .with(MAX_REQUEST_LINE_BYTES);
    private static final Sentence HEADERS = new Sentence(
                    "request must have headers of at most %d bytes in all",
                    "request يجب ألا يزيد مجموع أحجام ترويساته على %d بايت")
            .with(MAX_HEADER_BYTES);
    private static final Sentence TRANSFER_ENCODING = new Sentence(
            "request must not use a transfer encoding other than chunked",
            "request يجب ألا يستخدم ترميز نقل (Transfer-Encoding) غير chunked");
    private static final Sentence WELL_FORMED =
            new Sentence("request must be well-formed HTTP/1.1", "request يجب أن يكون طلب HTTP/1.1 سليم الصيغة");
    private static final Sentence CUT_SHORT =
            new Sentence("request must have a complete body", "request يجب أن يصل محتواه (body) كاملًا");
    private static final Sentence HOST = new Sentence(
            "request must have the header Host, once", "request يجب أن يحتوي على الترويسة Host مرة واحدة فقط");

    private MalformedRequest() {}

    /** @param cause the failure that the HTTP decoder or {@link HeadGate} reported */
    static ValidationException because(@Nullable Throwable cause) {
        return invalid(
                switch (cause) {
                    case TooLongHttpLineException line -> LINE;
                    case TooLongHttpHeaderException headers -> HEADERS;
                    case HeadGate.TransferEncodingException encoding -> TRANSFER_ENCODING;
                    case HalfCloseHandler.BodyCutShortException cutShort -> CUT_SHORT;
                    case null, default -> WELL_FORMED;
                });
    }

    static ValidationException withoutHost() {
        return invalid(HOST);
    }

    private static ValidationException invalid(Sentence sentence) {
        return new ValidationErrors().add("request", sentence).exception();
    }
}
