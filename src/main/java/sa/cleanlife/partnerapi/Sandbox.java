package sa.cleanlife.partnerapi;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Optional;
import java.util.UUID;
import sa.cleanlife.partnerapi.access.ApiKey;
import sa.cleanlife.partnerapi.access.ApiKeys;
import sa.cleanlife.partnerapi.access.Expiry;
import sa.cleanlife.partnerapi.access.KeyLabel;
import sa.cleanlife.partnerapi.access.KeyRules;
import sa.cleanlife.partnerapi.access.Partners;
import sa.cleanlife.partnerapi.access.Permission;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.operator.Operator;

/** The partner of a new embedded database, with a key for the first request. */
public final class Sandbox {
    public static final String PARTNER = "sandbox";

    private Sandbox() {}

    /** Adds the partner and returns its key; empty if the database already has a partner. */
    static Optional<ApiKey> addTo(Database database, Clock clock) {
        var operator = new Operator("partner-api serve", clock, UUID::randomUUID);
        if (!new Partners(database, operator).addFirst(PARTNER).await()) {
            return Optional.empty();
        }
        var everything = KeyRules.of(EnumSet.allOf(Permission.class));
        var issued = new ApiKeys(database, operator, new SecureRandom())
                .issue(PARTNER, KeyLabel.NONE, ApiKey.Kind.SANDBOX, everything, Expiry.NEVER)
                .await();
        return Optional.of(issued.key());
    }
}
