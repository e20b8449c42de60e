package sa.cleanlife.partnerapi.fuzz;

import java.util.List;

/**
 * The keys that generated requests come with.
 *
 * @param elsewhere good, but not from this machine's address
 * @param ofAPage good, but from {@link #PAGE} alone where a page sends it
 * @param limited good for some calls a minute
 * @param ofAQuota good for some new contacts a day
 * @param unknown well-formed, and issued by nobody
 */
public record Keys(
        String good,
        String withoutPermission,
        String elsewhere,
        String ofAPage,
        String limited,
        String ofAQuota,
        String unknown) {
    public static final String PAGE = "shop.example.com";

    public List<String> all() {
        return List.of(good, withoutPermission, elsewhere, ofAPage, limited, ofAQuota, unknown);
    }
}
