package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.Transaction;
import sa.cleanlife.partnerapi.operator.CommandRefusedException;
import sa.cleanlife.partnerapi.operator.NameRule;
import sa.cleanlife.partnerapi.operator.Operator;

/** Adds and changes partners for an operator. Every change adds an entry to the audit. */
public final class Partners {
    private final Database database;
    private final AccessChange change;
    private final Operator operator;
    private final PartnerStore store = new PartnerStore();
    private final AuditStore audit = new AuditStore();

    public Partners(Database database, Operator operator) {
        this.database = database;
        this.change = new AccessChange(database);
        this.operator = operator;
    }

    public Future<Partner> add(String name) {
        var partner = newPartner(name);
        return change.run(tx -> {
            if (store.find(tx, name).isPresent()) {
                throw new CommandRefusedException("There is a partner named %s already.".formatted(name));
            }
            insert(tx, partner);
            return partner;
        });
    }

    /** Adds the partner if there is none at all, and returns whether it did. */
    public Future<Boolean> addFirst(String name) {
        var partner = newPartner(name);
        return change.run(tx -> {
            boolean isFirst = store.list(tx).isEmpty();
            if (isFirst) {
                insert(tx, partner);
            }
            return isFirst;
        });
    }

    private void insert(Transaction tx, Partner partner) {
        store.insert(tx, partner);
        audit.insert(tx, AuditEntry.added(operator, "partner add", partner));
    }

    private Partner newPartner(String name) {
        if (!NameRule.isUsable(name)) {
            throw new CommandRefusedException(
                    "A partner's name %s, for example grand-hotel.".formatted(NameRule.REQUIREMENTS));
        }
        return new Partner(operator.newId(), name, Partner.Status.ACTIVE, List.of(), false, operator.now());
    }

    public Future<List<Partner>> list() {
        return database.transaction(store::list);
    }

    Future<Partner> find(String name) {
        return database.transaction(tx -> require(store, tx, name));
    }

    public Future<Partner> suspend(String name) {
        return change("partner suspend", name, partner -> partner.withStatus(Partner.Status.SUSPENDED));
    }

    /** For a partner who has left; its keys are refused until it is activated again. */
    public Future<Partner> deactivate(String name) {
        return change("partner deactivate", name, partner -> {
            if (partner.status() == Partner.Status.INACTIVE) {
                throw new CommandRefusedException(
                        "The partner %s is inactive already; \"partner activate NAME\" lets it in again."
                                .formatted(name));
            }
            return partner.withStatus(Partner.Status.INACTIVE);
        });
    }

    public Future<Partner> activate(String name) {
        return change("partner activate", name, partner -> partner.withStatus(Partner.Status.ACTIVE));
    }

    /** Sets whether web pages of the partner's sandbox domains may send requests. */
    public Future<Partner> setSandboxAccess(String name, boolean on) {
        return change("partner update", name, partner -> partner.withSandboxAccess(on));
    }

    /**
     * Registers a domain. One that is registered already stays as it is; one that is registered as the other kind is
     * refused, so that its kind does not change unnoticed.
     */
    public Future<Partner> addDomain(String name, Domain domain) {
        return change("partner domain add", name, partner -> {
            if (partner.domains().contains(new Domain(domain.host(), !domain.sandbox()))) {
                throw new CommandRefusedException("%s is registered for %s; remove it first."
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
                throw new CommandRefusedException("%s has no domain %s; %s.".formatted(name, host, known(domains)));
            }
            return partner.withDomains(List.copyOf(domains));
        });
    }

    private static String known(List<Domain> domains) {
        return domains.isEmpty()
                ? "it has none"
                : "there are: "
                        + NameRule.listed(domains.stream().map(Domain::host).toList());
    }

    private Future<Partner> change(String what, String name, UnaryOperator<Partner> rule) {
        return change.run(tx -> {
            var before = require(store, tx, name);
            var after = rule.apply(before);
            if (!after.equals(before)) {
                store.update(tx, after);
                audit.insert(tx, AuditEntry.changed(operator, what, before, after));
            }
            return after;
        });
    }

    /** The partner of this name. If there is none, the refusal lists the existing partners. */
    static Partner require(PartnerStore store, Transaction tx, String name) {
        return store.find(tx, name)
                .orElseThrow(() -> new CommandRefusedException(
                        "There is no partner named %s; %s.".formatted(name, knownPartners(store.list(tx)))));
    }

    private static String knownPartners(List<Partner> partners) {
        return partners.isEmpty()
                ? "there is none yet, and \"partner add NAME\" adds one"
                : "there are: "
                        + NameRule.listed(partners.stream().map(Partner::name).toList());
    }
}
