package sa.cleanlife.partnerapi.access;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A business that calls this API: a hotel, a property manager, a marketplace.
 *
 * @param domains the domains of its web pages; if empty, the origin of requests is not checked
 * @param sandboxAccess whether pages of its sandbox domains may send requests
 */
public record Partner(
        UUID id, String name, Status status, List<Domain> domains, boolean sandboxAccess, Instant createdAt) {
    /** Only the keys of an active partner are accepted. */
    public enum Status {
        ACTIVE,
        /** Refused for a time. */
        SUSPENDED,
        /** No longer a partner. */
        INACTIVE
    }

    Partner withStatus(Status other) {
        return new Partner(id, name, other, domains, sandboxAccess, createdAt);
    }

    Partner withDomains(List<Domain> others) {
        return new Partner(id, name, status, others, sandboxAccess, createdAt);
    }

    Partner withSandboxAccess(boolean other) {
        return new Partner(id, name, status, domains, other, createdAt);
    }

    List<String> hosts(boolean sandbox) {
        return domains.stream()
                .filter(domain -> domain.sandbox() == sandbox)
                .map(Domain::host)
                .toList();
    }
}
