package sa.cleanlife.partnerapi.contacts;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import sa.cleanlife.partnerapi.database.Batcher;
import sa.cleanlife.partnerapi.database.Database;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException;
import sa.cleanlife.partnerapi.database.Scheduler;
import sa.cleanlife.partnerapi.http.ApiException;

/**
 * Finds and creates contacts, one per phone. Requests that arrive while the database is busy form a batch: one
 * statement finds their phones, one inserts the missing contacts, and a third finds those that others inserted in
 * between. One instance serves one event loop.
 */
public final class Contacts {
    private final ContactStore store;
    private final Supplier<UUID> ids;
    private final Batcher<ContactRequest, Future<FoundContact>> wanted;
    private final Batcher<UUID, Optional<Contact>> reads;
    private final Batcher<PhoneNumber, Optional<Contact>> lookUps;
    private final NewContactQuota quota;
    private final Map<KeyAndPhone, Future<FoundContact>> creations = new HashMap<>();
    private final Counter created;
    private final Counter found;

    public Contacts(Database database, NewContactQuota quota, MeterRegistry meters) {
        this(new PostgresContactStore(database), database.scheduler(), UUID::randomUUID, quota, meters);
    }

    Contacts(ContactStore store, Scheduler scheduler, Supplier<UUID> ids, NewContactQuota quota, MeterRegistry meters) {
        this.store = store;
        this.ids = ids;
        this.wanted = new Batcher<>("find-or-create contacts", scheduler, this::findOrCreateAll, meters);
        this.reads = new Batcher<>("read contacts", scheduler, this::findAll, meters);
        this.lookUps = new Batcher<>("look up phones", scheduler, this::findAllByPhone, meters);
        this.quota = quota;
        this.created = contacts(meters, "created");
        this.found = contacts(meters, "found");
    }

    /** Identifies a contact that is being created within a quota. */
    private record KeyAndPhone(UUID key, PhoneNumber phone) {}

    private static Counter contacts(MeterRegistry meters, String outcome) {
        return Counter.builder("contacts")
                .description("Responses to find-or-create, by whether the contact was created or found")
                .tag("outcome", outcome)
                .register(meters);
    }

    Future<FoundContact> findOrCreate(ContactRequest request) {
        var answered = quota.limits(request.key()) ? findOrCreateWithinQuota(request) : findOrCreateFreely(request);
        return answered.onSuccess(answer -> (answer.isNew() ? created : found).increment());
    }

    private Future<FoundContact> findOrCreateFreely(ContactRequest request) {
        return askFor(request).onSuccess(answer -> {
            if (answer.isNew()) {
                quota.count(request.key());
            }
        });
    }

    private Future<FoundContact> askFor(ContactRequest request) {
        return wanted.submit(request).compose(answer -> answer);
    }

    /** Only new contacts count against a quota, so the phone is looked up before a unit of quota is reserved. */
    private Future<FoundContact> findOrCreateWithinQuota(ContactRequest request) {
        return lookUps.submit(request.phone())
                .compose(known -> known.isPresent()
                        ? Future.succeededFuture(new FoundContact(known.get(), false))
                        : createWithinQuota(request));
    }

    /** Simultaneous first requests for a phone share one reservation, since together they create one contact. */
    private Future<FoundContact> createWithinQuota(ContactRequest request) {
        var keyAndPhone = new KeyAndPhone(request.key(), request.phone());
        var underWay = creations.get(keyAndPhone);
        if (underWay != null) {
            return underWay.map(first -> new FoundContact(first.contact(), false));
        }
        var created = quota.reserve(request.key())
                .compose(reserved -> askFor(request).onComplete(answer -> {
                    if (isCertainlyNotCreated(answer)) {
                        quota.release(request.key());
                    }
                }))
                .recover(failure -> failure instanceof ApiException refusal
                        ? lookAgain(request, refusal)
                        // This request may itself have created the contact; another look-up would take it for a found
                        // one.
                        : Future.failedFuture(failure));
        creations.put(keyAndPhone, created);
        return created.onComplete(over -> creations.remove(keyAndPhone));
    }

    /**
     * Whether this request certainly created nothing: another one was faster, the query was never sent, or the disk was
     * full.
     */
    private static boolean isCertainlyNotCreated(AsyncResult<FoundContact> answer) {
        return answer.succeeded()
                ? !answer.result().isNew()
                : answer.cause() instanceof DatabaseUnavailableException failure
                        && (failure.isOverloaded() || failure.isDiskFull());
    }

    /**
     * Looks up the phone again, since the last unit of quota may have gone to another event loop or node for the same
     * phone.
     */
    private Future<FoundContact> lookAgain(ContactRequest request, ApiException refusal) {
        return lookUps.submit(request.phone())
                .compose(known -> known.isPresent()
                        ? Future.succeededFuture(new FoundContact(known.get(), false))
                        : Future.failedFuture(refusal));
    }

    Future<Optional<Contact>> find(UUID id) {
        return reads.submit(id);
    }

    private Future<List<Optional<Contact>>> findAll(List<UUID> asked) {
        return store.findById(asked)
                .map(contacts -> asked.stream()
                        .map(id -> Optional.ofNullable(contacts.get(id)))
                        .toList());
    }

    private Future<List<Optional<Contact>>> findAllByPhone(List<PhoneNumber> asked) {
        return store.findByPhone(Set.copyOf(asked))
                .map(contacts -> asked.stream()
                        .map(phone -> Optional.ofNullable(contacts.get(phone)))
                        .toList());
    }

    private Future<List<Future<FoundContact>>> findOrCreateAll(List<ContactRequest> batch) {
        var firstByPhone = new TreeMap<PhoneNumber, ContactRequest>();
        batch.forEach(request -> firstByPhone.putIfAbsent(request.phone(), request));
        return store.findByPhone(firstByPhone.keySet()).compose(known -> {
            var missing = new LinkedHashMap<UUID, ContactRequest>();
            firstByPhone.forEach((phone, request) -> {
                if (!known.containsKey(phone)) {
                    missing.put(request.id(ids), request);
                }
            });
            return missing.isEmpty()
                    ? Future.succeededFuture(answers(batch, known))
                    : create(missing)
                            .map(contacts -> {
                                contacts.putAll(known);
                                return answers(batch, contacts);
                            })
                            .recover(failure -> answersOfKnown(batch, known, failure));
        });
    }

    /**
     * Answers the requests for known phones although the others failed: a database whose disk is full can still be
     * read.
     */
    private static Future<List<Future<FoundContact>>> answersOfKnown(
            List<ContactRequest> batch, Map<PhoneNumber, Contact> known, Throwable failure) {
        if (!(failure instanceof DatabaseUnavailableException unavailable && unavailable.isDiskFull())) {
            return Future.failedFuture(failure);
        }
        Future<FoundContact> refused = Future.failedFuture(failure);
        return Future.succeededFuture(batch.stream()
                .map(request -> known.containsKey(request.phone()) ? answer(request, known) : refused)
                .toList());
    }

    /** Inserts the missing contacts, and returns the contacts with these phones, whoever inserted them. */
    private Future<Map<PhoneNumber, Contact>> create(SequencedMap<UUID, ContactRequest> missing) {
        return store.insertMissing(missing).compose(inserted -> {
            var others = missing.values().stream()
                    .map(ContactRequest::phone)
                    .filter(phone -> !inserted.containsKey(phone))
                    .toList();
            return others.isEmpty()
                    ? Future.succeededFuture(inserted)
                    : store.findByPhone(others).map(found -> {
                        inserted.putAll(found);
                        return inserted;
                    });
        });
    }

    /**
     * The response to one request. The row's id tells which request created it, even if the insert was retried because
     * its response was lost: only the request that the id was made for is told that the contact is new.
     */
    private static Future<FoundContact> answer(ContactRequest request, Map<PhoneNumber, Contact> contacts) {
        var contact = Optional.ofNullable(contacts.get(request.phone())).orElseThrow();
        return Future.succeededFuture(new FoundContact(contact, request.hasCreated(contact)));
    }

    private static List<Future<FoundContact>> answers(List<ContactRequest> batch, Map<PhoneNumber, Contact> contacts) {
        return batch.stream().map(request -> answer(request, contacts)).toList();
    }
}
