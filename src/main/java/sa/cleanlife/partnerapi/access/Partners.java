package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import sa.cleanlife.partnerapi.database.Database;

/** The partners, as an operator adds and changes them. Every change leaves its entry in the audit. */
public final class Partners {
    private final AccessStore store;
    private final Operator operator;

    public Partners(Database database, Operator operator) {
        this.store = new AccessStore(database);
        this.operator = operator;
    }

    public Future<Partner> add(String name) {
        var partner = newPartner(name);
        return store.change(change -> change.listPartners().compose(partners -> {
            if (partners.stream().anyMatch(other -> other.name().equals(name))) {
                throw new AccessChangeException("There is a partner named %s already.".formatted(name));
            }
            return insert(change, partner).map(partner);
        }));
    }

    /** Whether this was the first partner of all, and so was added. */
    public Future<Boolean> addFirst(String name) {
        var partner = newPartner(name);
        return store.change(change -> change.listPartners()
                .compose(partners ->
                        partners.isEmpty() ? insert(change, partner).map(true) : Future.succeededFuture(false)));
    }

    private Future<Void> insert(AccessStore.Change change, Partner partner) {
        return change.insertPartner(partner)
                .compose(inserted -> change.insertAudit(operator.added("partner add", partner)));
    }

    private Partner newPartner(String name) {
        if (!Names.isUsable(name)) {
            throw new AccessChangeException(
                    "A partner's name has 1 to %d characters, no control characters, and no space at either end, for example grand-hotel."
                            .formatted(Names.MAX_LENGTH));
        }
        return new Partner(operator.ids().get(), name, Partner.Status.ACTIVE, List.of(), false, operator.now());
    }

    public Future<List<Partner>> list() {
        return store.listPartners();
    }

    public Future<Partner> suspend(String name) {
        return change("partner suspend", name, partner -> partner.withStatus(Partner.Status.SUSPENDED));
    }

    public Future<Partner> activate(String name) {
        return change("partner activate", name, partner -> partner.withStatus(Partner.Status.ACTIVE));
    }

    /** Whether the partner's domains that are for trying out may call. */
    public Future<Partner> setSandboxAccess(String name, boolean on) {
        return change("partner update", name, partner -> partner.withSandboxAccess(on));
    }

    /** A host that is there already stays as it is; one that is there as the other kind is not taken over in silence. */
    public Future<Partner> addDomain(String name, Domain domain) {
        return change("partner domain add", name, partner -> {
            if (partner.domains().contains(new Domain(domain.host(), !domain.sandbox()))) {
                throw new AccessChangeException("%s is registered for %s; remove it first."
                        .formatted(domain.host(), domain.sandbox() ? "real bookings" : "trying out"));
            }
            var domains = new ArrayList<>(partner.domains());
            domains.remove(domain);
            domains.add(domain);
            domains.sort(Comparator.comparing(Domain::host));
            return partner.withDomains(List.copyOf(domains));
        });
    }

    public Future<Partner> removeDomain(String name, String host) {
        return change("partner domain remove", name, partner -> {
            var domains = new ArrayList<>(partner.domains());
            if (!domains.removeIf(domain -> domain.host().equals(host))) {
                throw new AccessChangeException("%s has no domain %s; %s.".formatted(name, host, known(domains)));
            }
            return partner.withDomains(List.copyOf(domains));
        });
    }

    private static String known(List<Domain> domains) {
        return domains.isEmpty()
                ? "it has none"
                : "there are: "
                        + Names.listed(domains.stream().map(Domain::host).toList());
    }

    private Future<Partner> change(String what, String name, UnaryOperator<Partner> rule) {
        return store.change(change -> named(change, name).compose(before -> {
            var after = rule.apply(before);
            return after.equals(before)
                    ? Future.succeededFuture(after)
                    : change.updatePartner(after)
                            .compose(updated -> change.insertAudit(operator.changed(what, before, after)))
                            .map(after);
        }));
    }

    /** Fails with a sentence that names the partners there are. */
    static Future<Partner> named(AccessStore.Change change, String name) {
        return change.listPartners().map(partners -> named(partners, name));
    }

    static Partner named(List<Partner> partners, String name) {
        return partners.stream()
                .filter(partner -> partner.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AccessChangeException(
                        "There is no partner named %s; %s.".formatted(name, knownPartners(partners))));
    }

    private static String knownPartners(List<Partner> partners) {
        return partners.isEmpty()
                ? "there is none yet, and \"partner add NAME\" adds one"
                : "there are: "
                        + Names.listed(partners.stream().map(Partner::name).toList());
    }
}
