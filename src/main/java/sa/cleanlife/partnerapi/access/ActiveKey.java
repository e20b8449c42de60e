package sa.cleanlife.partnerapi.access;

import java.time.Instant;
import java.util.Optional;
import sa.cleanlife.partnerapi.http.Caller;

/**
 * A key that opens something until it expires, with all that the checks of a call need of it and of its partner.
 *
 * @param kind tells the holder, with {@code lastFour}, which key it is
 * @param lastFour characters of the key
 * @param origins from where the partner's pages may call
 */
public record ActiveKey(
        Caller caller,
        KeyLabel label,
        ApiKey.Kind kind,
        String lastFour,
        KeyRules rules,
        RegisteredOrigins origins,
        Optional<Instant> expiresAt) {}
