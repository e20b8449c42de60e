package sa.cleanlife.partnerapi.access;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The permissions and limits of a key.
 *
 * @param allowedAddresses the addresses that requests may come from; any address if empty
 * @param rateLimit requests in any 60 s, over all routes and nodes
 * @param newContactsPerDay contacts created in any 24 h, over all nodes
 */
public record KeyRules(
        Set<Permission> permissions,
        List<AddressRange> allowedAddresses,
        Optional<Integer> rateLimit,
        Optional<Integer> newContactsPerDay) {

    /** Rules without limits, for use from any address. */
    public static KeyRules of(Set<Permission> permissions) {
        return new KeyRules(permissions, List.of(), Optional.empty(), Optional.empty());
    }

    public KeyRules withPermissions(Set<Permission> others) {
        return new KeyRules(others, allowedAddresses, rateLimit, newContactsPerDay);
    }

    public KeyRules withAllowedAddresses(List<AddressRange> others) {
        return new KeyRules(permissions, others, rateLimit, newContactsPerDay);
    }

    public KeyRules withRateLimit(Optional<Integer> other) {
        return new KeyRules(permissions, allowedAddresses, other, newContactsPerDay);
    }

    public KeyRules withNewContactsPerDay(Optional<Integer> other) {
        return new KeyRules(permissions, allowedAddresses, rateLimit, other);
    }
}
