package sa.cleanlife.partnerapi.access;

import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import sa.cleanlife.partnerapi.database.Database;

/** The partners, as an operator adds, suspends and activates them. */
public final class Partners {
    private static final int MAX_NAME_LENGTH = 100;

    private final AccessStore store;
    private final Clock clock;
    private final Supplier<UUID> ids;

    public Partners(Database database, Clock clock, Supplier<UUID> ids) {
        this.store = new AccessStore(database);
        this.clock = clock;
        this.ids = ids;
    }

    public Future<Partner> add(String name) {
        var partner = newPartner(name);
        return store.insertPartner(partner).map(inserted -> {
            if (!inserted) {
                throw new AccessChangeException("There is a partner named %s already.".formatted(name));
            }
            return partner;
        });
    }

    /** Whether this was the first partner of all, and so was added. */
    public Future<Boolean> addFirst(String name) {
        return store.insertFirstPartner(newPartner(name));
    }

    private Partner newPartner(String name) {
        // Names are typed into commands and shown in tables and logs.
        boolean usable = !name.isBlank()
                && name.equals(name.strip())
                && name.length() <= MAX_NAME_LENGTH
                && name.codePoints()
                        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
        if (!usable) {
            throw new AccessChangeException(
                    "A partner's name has 1 to %d characters, no control characters, and no space at either end, for example grand-hotel."
                            .formatted(MAX_NAME_LENGTH));
        }
        return new Partner(ids.get(), name, Partner.Status.ACTIVE, clock.instant());
    }

    public Future<List<Partner>> list() {
        return store.listPartners();
    }

    public Future<Partner> suspend(String name) {
        return setStatus(name, Partner.Status.SUSPENDED);
    }

    public Future<Partner> activate(String name) {
        return setStatus(name, Partner.Status.ACTIVE);
    }

    private Future<Partner> setStatus(String name, Partner.Status status) {
        return named(name)
                .compose(partner -> store.updatePartnerStatus(partner.id(), status)
                        .map(new Partner(partner.id(), partner.name(), status, partner.createdAt())));
    }

    /** Fails with a sentence that names the partners there are. */
    Future<Partner> named(String name) {
        return store.listPartners()
                .map(partners -> partners.stream()
                        .filter(partner -> partner.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new AccessChangeException(
                                "There is no partner named %s; %s.".formatted(name, known(partners)))));
    }

    private static String known(List<Partner> partners) {
        return partners.isEmpty()
                ? "there is none yet, and \"partner add NAME\" adds one"
                : "there are: " + partners.stream().map(Partner::name).collect(Collectors.joining(", "));
    }
}
