package sa.cleanlife.partnerapi.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Builds a well-formed request. Text has one character for each byte sent. */
final class Request {
    private static final Pattern KEPT_ID = Pattern.compile("[!-~]{1,128}");

    private final String method;
    private final String path;
    private String query = "";
    private final List<String> headers = new ArrayList<>(List.of("Host: test"));
    private Optional<String> requestId = Optional.empty();
    private Optional<String> body = Optional.empty();

    Request(String method, String path) {
        this.method = method;
        this.path = path;
    }

    /** The text's UTF-8 form, one character for each byte. */
    static String utf8(String text) {
        return new String(text.getBytes(UTF_8), ISO_8859_1);
    }

    String method() {
        return method;
    }

    String path() {
        return path;
    }

    /** The request id that is returned; empty where the server makes a new one. */
    Optional<String> requestId() {
        return requestId;
    }

    Request query(String text) {
        query = query.isEmpty() ? "?" + text : query + "&" + text;
        return this;
    }

    Request header(String name, String value) {
        headers.add(name + ": " + value);
        return this;
    }

    Request id(String value) {
        requestId = Optional.of(value).filter(id -> KEPT_ID.matcher(id).matches());
        return header("x-request-id", value);
    }

    Request body(String content) {
        body = Optional.of(content);
        return this;
    }

    Request json(String content) {
        return header("Content-Type", "application/json").body(content);
    }

    /** The request line and the headers, including these additional ones. */
    String head(String... more) {
        return method + " " + path + query + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\n"
                + (more.length == 0 ? "" : String.join("\r\n", more) + "\r\n") + "\r\n";
    }

    String bytes() {
        return body.map(content -> head("Content-Length: " + content.length()) + content)
                .orElseGet(this::head);
    }

    /** The request with its body in chunks of random sizes. */
    String inChunks(SeededRandom random) {
        var content = body.orElse("");
        var bytes = new StringBuilder(head("Transfer-Encoding: chunked"));
        for (int at = 0, end; at < content.length(); at = end) {
            end = Math.min(content.length(), at + random.between(1, Math.max(20, content.length() / 10)));
            bytes.append(Integer.toHexString(end - at))
                    .append(random.oneIn(5) ? ";a=b" : "")
                    .append("\r\n")
                    .append(content, at, end)
                    .append("\r\n");
        }
        return bytes.append("0\r\n")
                .append(random.oneIn(5) ? "x: y\r\n" : "")
                .append("\r\n")
                .toString();
    }
}
