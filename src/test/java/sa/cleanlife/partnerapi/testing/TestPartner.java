package sa.cleanlife.partnerapi.testing;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.json.JsonMapper;

/** A partner's client. Every response is checked against {@code openapi.yaml}. */
public record TestPartner(RunningApi server, String name, UUID keyId, String key) {
    public static final String CONTACTS = "/v1/partners/contacts";

    /** A well-formed key that was never issued. */
    public static final String UNKNOWN_KEY = "pk_live_0123456789ABCDEFGHIJKLMNOP49O6qD";

    /** The path of a contact that does not exist: a caller with access gets a 404. */
    public static final String NO_CONTACT = CONTACTS + "/" + UUID.randomUUID();

    public static final String BAD_BODY = "{\"phone\":5}";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** The same partner and key, used against another node. */
    public TestPartner at(RunningApi node) {
        return new TestPartner(node, name, keyId, key);
    }

    public TestPartner withKey(String other) {
        return new TestPartner(server, name, keyId, other);
    }

    public Answer postContact(String phone, String customer) {
        return postContact(contactJson(phone, customer));
    }

    public Answer postContact(String json) {
        return post(CONTACTS, json);
    }

    public Answer postBody(byte[] body) {
        return send(
                request(CONTACTS).header("content-type", "application/json").POST(BodyPublishers.ofByteArray(body)));
    }

    public CompletableFuture<Answer> postContactAsync(String phone, String customer) {
        return sendAsync(contactRequest(contactJson(phone, customer)));
    }

    public Answer getContact(String id) {
        return get(CONTACTS + "/" + id);
    }

    /** Sends some request that needs a permission. */
    public Answer call(String... headers) {
        return get(NO_CONTACT, headers);
    }

    public boolean isLetIn() {
        return call().status() == 404;
    }

    /** Whether the key is rejected with a 401. */
    public boolean isRefused() {
        return call().status() == 401;
    }

    public static String contactJson(String phone, String customer) {
        return new JsonMapper().writeValueAsString(Map.of("phone", phone, "name", customer));
    }

    /** Sends a GET with these additional headers, names and values alternating. */
    public Answer get(String path, String... headers) {
        return send(with(headers, request(path)));
    }

    public Answer post(String path, String json, String... headers) {
        return send(with(headers, withJson("POST", path, json)));
    }

    public Answer patch(String path, String json, String... headers) {
        return send(with(headers, withJson("PATCH", path, json)));
    }

    public Answer delete(String path, String... headers) {
        return send(with(headers, request(path).DELETE()));
    }

    private static HttpRequest.Builder with(String[] headers, HttpRequest.Builder request) {
        return headers.length == 0 ? request : request.headers(headers);
    }

    private HttpRequest.Builder withJson(String method, String path, String json) {
        return request(path).header("content-type", "application/json").method(method, BodyPublishers.ofString(json));
    }

    /** A POST that finds or creates a contact, for the test to complete. */
    public HttpRequest.Builder contactRequest(String json) {
        return withJson("POST", CONTACTS, json);
    }

    /** A GET with this partner's key, for the test to complete. */
    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.uri(path))
                .timeout(Duration.ofSeconds(20))
                .header("x-api-key", key);
    }

    public static Answer send(HttpRequest.Builder request) {
        try {
            return checked(HTTP.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public static CompletableFuture<Answer> sendAsync(HttpRequest.Builder request) {
        return HTTP.sendAsync(request.build(), BodyHandlers.ofString()).thenApply(TestPartner::checked);
    }

    private static Answer checked(HttpResponse<String> response) {
        var headers = new HashMap<String, String>();
        response.headers().map().forEach((name, values) -> headers.put(name, String.join(", ", values)));
        var path = response.uri().getPath();
        if (path.startsWith("/v1/")) {
            OpenApi.check(response.request().method(), path, response.statusCode(), headers, response.body());
        }
        return new Answer(response.statusCode(), headers, response.body());
    }
}
