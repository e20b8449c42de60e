package sa.cleanlife.partnerapi.access;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import sa.cleanlife.partnerapi.http.ApiException;
import sa.cleanlife.partnerapi.http.ErrorCode;

/**
 * The origins from which web pages of one or of several partners may send requests. Anybody can cause any number of
 * CORS preflights, which need no key, so a check costs only a few look-ups in a map, however many domains there are.
 */
final class RegisteredOrigins {
    private record Registration(UUID partner, boolean isOpen) {}

    private final Map<String, Set<Registration>> byHost = new HashMap<>();

    static RegisteredOrigins of(UUID partner, List<Domain> domains, boolean sandboxAccess) {
        var origins = new RegisteredOrigins();
        for (var domain : domains) {
            origins.add(domain.host(), new Registration(partner, sandboxAccess || !domain.sandbox()));
        }
        return origins;
    }

    /** The origins of all these partners. */
    static RegisteredOrigins union(Collection<RegisteredOrigins> partners) {
        var union = new RegisteredOrigins();
        partners.forEach(partner ->
                partner.byHost.forEach((host, registrations) -> registrations.forEach(each -> union.add(host, each))));
        return union;
    }

    private void add(String host, Registration registration) {
        byHost.computeIfAbsent(host, first -> new HashSet<>()).add(registration);
    }

    boolean isEmpty() {
        return byHost.isEmpty();
    }

    /** The rejection of a page's origin; empty if the page may send requests. */
    Optional<ApiException> refusal(String originOrReferer) {
        var isOpen = new HashMap<UUID, Boolean>();
        for (var host :
                Domain.hostOf(originOrReferer).map(Domain::hostsThatCover).orElse(List.of())) {
            // If several domains of a partner cover the host, the most specific one decides; it comes first.
            byHost.getOrDefault(host, Set.of()).forEach(each -> isOpen.putIfAbsent(each.partner(), each.isOpen()));
        }
        if (isOpen.isEmpty()) {
            return Optional.of(ErrorCode.INVALID_PARTNER_DOMAIN.error().because("page's domain not registered"));
        }
        return isOpen.containsValue(true)
                ? Optional.empty()
                : Optional.of(ErrorCode.SANDBOX_DOMAIN_NOT_ALLOWED.error().because("page's domain is for the sandbox"));
    }
}
