package sa.cleanlife.partnerapi.access;

import java.time.Instant;
import java.util.UUID;

/** A business that calls this API: a hotel, a property manager, a marketplace. */
public record Partner(UUID id, String name, Status status, Instant createdAt) {
    /** Only an active partner's keys open anything. */
    public enum Status {
        ACTIVE,
        SUSPENDED,
        INACTIVE
    }
}
