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
 * From where web pages may call, of one partner or of several. Whoever has no key may make a browser ask, as often as it likes,
 * so the answer costs a few looks into a map, however many domains there are.
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

    /** From where pages of any of these partners may call. */
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

    /** Nothing when a page from there may call. */
    Optional<ApiException> refusal(String originOrReferer) {
        var isOpen = new HashMap<UUID, Boolean>();
        for (var host :
                Domain.hostOf(originOrReferer).map(Domain::hostsThatCover).orElse(List.of())) {
            // Of a partner's domains that cover it the most exact one, which comes first, is the one that counts.
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
