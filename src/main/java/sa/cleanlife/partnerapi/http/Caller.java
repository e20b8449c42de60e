package sa.cleanlife.partnerapi.http;

import java.util.Set;
import java.util.UUID;

/** The authenticated caller: a partner and one of its keys. Created once per key, not per request. */
public record Caller(UUID partnerId, String partner, UUID keyId, Set<? extends RequiredPermission> permissions) {}
