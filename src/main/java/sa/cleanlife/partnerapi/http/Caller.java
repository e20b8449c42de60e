package sa.cleanlife.partnerapi.http;

import java.util.Set;
import java.util.UUID;

/** Who is calling: a partner, by one of its keys. Made once per key, not per request. */
public record Caller(UUID partnerId, String partner, UUID keyId, Set<? extends RequiredPermission> permissions) {}
