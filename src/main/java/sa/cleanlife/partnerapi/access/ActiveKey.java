package sa.cleanlife.partnerapi.access;

import java.time.Instant;
import java.util.Optional;
import sa.cleanlife.partnerapi.http.Caller;

/**
 * A key that may be used until it expires, with everything about it and its partner that checking a request needs.
 *
 * @param kind shows the holder, with {@code lastFour}, which key it is
 * @param lastFour the last four characters of the key
 * @param origins the origins from which the partner's web pages may send requests
 */
public record ActiveKey(
        Caller caller,
        KeyLabel label,
        ApiKey.Kind kind,
        String lastFour,
        KeyRules rules,
        RegisteredOrigins origins,
        Optional<Instant> expiresAt) {}
