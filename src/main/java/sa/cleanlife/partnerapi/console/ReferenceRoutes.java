package sa.cleanlife.partnerapi.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import sa.cleanlife.partnerapi.http.Api;

/** Serves the reference for partners' developers: {@code /openapi.yaml}, and Swagger UI over it at {@code /docs}. */
public final class ReferenceRoutes {
    /** Everything in these pages comes from this server, so they may load, frame and send to nothing else. */
    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String SWAGGER_UI = "META-INF/resources/webjars/swagger-ui/" + swaggerUiVersion();

    private record Page(String path, String resource, String contentType, Buffer content) {}

    private final List<Page> pages = List.of(
            page("/openapi.yaml", "openapi.yaml", "application/yaml"),
            page("/docs", "docs/index.html", "text/html; charset=utf-8"),
            page("/docs/docs.js", "docs/docs.js", "text/javascript; charset=utf-8"),
            page("/docs/docs.css", "docs/docs.css", "text/css; charset=utf-8"),
            // Swagger UI's files are listed by name, since its own index page points at an API elsewhere.
            page("/docs/swagger-ui.css", SWAGGER_UI + "/swagger-ui.css", "text/css; charset=utf-8"),
            page("/docs/swagger-ui-bundle.js", SWAGGER_UI + "/swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
            page("/docs/favicon-16x16.png", SWAGGER_UI + "/favicon-16x16.png", "image/png"),
            page("/docs/favicon-32x32.png", SWAGGER_UI + "/favicon-32x32.png", "image/png"));

    public void addTo(Api api) {
        api.page("/", 302, Map.of(HttpHeaders.LOCATION, "/docs"), Buffer.buffer());
        for (var page : pages) {
            Map<CharSequence, CharSequence> headers = Map.of(
                    HttpHeaders.CONTENT_TYPE,
                    page.contentType(),
                    HttpHeaders.CACHE_CONTROL,
                    "no-cache",
                    "Content-Security-Policy",
                    CONTENT_SECURITY_POLICY,
                    "X-Content-Type-Options",
                    "nosniff",
                    "Referrer-Policy",
                    "no-referrer");
            api.page(page.path(), 200, headers, page.content());
        }
    }

    private static Page page(String path, String resource, String contentType) {
        var content = read(resource);
        // The buffer lies outside the heap, so the kernel reads it as it is. From the heap, each client would get a
        // copy, and a slow client would keep it for long.
        var buffer = Unpooled.directBuffer(content.length).writeBytes(content);
        return new Page(path, resource, contentType, BufferInternal.buffer(buffer));
    }

    private static byte[] read(String resource) {
        try (var in = ReferenceRoutes.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its resource " + resource);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String swaggerUiVersion() {
        var properties = new String(read("META-INF/maven/org.webjars/swagger-ui/pom.properties"), UTF_8);
        return properties
                .lines()
                .filter(line -> line.startsWith("version="))
                .map(line -> line.substring("version=".length()).strip())
                .findFirst()
                .orElseThrow();
    }
}
