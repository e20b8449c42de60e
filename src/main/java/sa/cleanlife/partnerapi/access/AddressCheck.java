package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import sa.cleanlife.partnerapi.http.ErrorCode;
import sa.cleanlife.partnerapi.http.Request;
import sa.cleanlife.partnerapi.http.json.Sentence;

/** Rejects a request whose address is not on its key's allow-list. A key without a list may be used from anywhere. */
public final class AddressCheck implements AccessCheck {
    private static final CharSequence X_FORWARDED_FOR = HttpHeaders.createOptimized("x-forwarded-for");
    private static final CharSequence FORWARDED = HttpHeaders.createOptimized("forwarded");

    private static final Sentence WRONG_ADDRESS = new Sentence(
            "This API key may not be used from this address.", "لا يُسمح باستخدام مفتاح API هذا من هذا العنوان.");

    private final TrustedProxies proxies;

    /** @param trustedProxies the proxies whose report of the client's address is trusted */
    public AddressCheck(List<AddressRange> trustedProxies) {
        this.proxies = new TrustedProxies(trustedProxies);
    }

    @Override
    public Future<Void> check(Request request, ActiveKey key) {
        var allowed = key.rules().allowedAddresses();
        if (allowed.isEmpty()) {
            return Future.succeededFuture();
        }
        var address = proxies.caller(request.peer(), request.headers(X_FORWARDED_FOR), request.headers(FORWARDED));
        return address.filter(from -> allowed.stream().anyMatch(range -> range.contains(from)))
                        .isPresent()
                ? Future.succeededFuture()
                : Future.failedFuture(ErrorCode.FORBIDDEN.error(WRONG_ADDRESS).because(reason(request, address)));
    }

    /** The reason for the log, which tells apart the faults behind a load balancer. It does not contain the address. */
    private static String reason(Request request, Optional<InetAddress> address) {
        if (address.isEmpty()) {
            return "client address reported by proxies is unreadable";
        }
        return address.get().equals(request.peer())
                ? "address of the connection is not on the allow-list"
                : "client address reported by proxies is not on the allow-list";
    }
}
