package sa.cleanlife.partnerapi.access;

import java.time.Instant;
import java.util.Optional;
import sa.cleanlife.partnerapi.http.Caller;

/**
 * A key that opens something until it expires, with all that the checks of a call need of it and of its partner.
 *
 * @param kind and {@code lastFour}: what tells the holder which key it is
 * @param origins from where the partner's pages may call
 */
public record HeldKey(
        Caller caller,
        ApiKey.Kind kind,
        String lastFour,
        KeyRules rules,
        RegisteredOrigins origins,
        Optional<Instant> expiresAt) {}
