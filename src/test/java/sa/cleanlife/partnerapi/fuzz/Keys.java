package sa.cleanlife.partnerapi.fuzz;

import java.util.List;

/**
 * The keys of generated requests.
 *
 * @param elsewhere valid, but not from this machine's address
 * @param ofAPage valid, but from a page only if it is {@link #PAGE}
 * @param limited valid for some requests a minute
 * @param ofAQuota valid for some new contacts a day
 * @param unknown well-formed, but never issued
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
