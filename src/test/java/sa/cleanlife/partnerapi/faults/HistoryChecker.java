package sa.cleanlife.partnerapi.faults;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import sa.cleanlife.partnerapi.faults.History.Call;
import sa.cleanlife.partnerapi.faults.History.FindOrCreate;
import sa.cleanlife.partnerapi.faults.History.Lost;
import sa.cleanlife.partnerapi.faults.History.Read;
import sa.cleanlife.partnerapi.faults.History.Refused;
import sa.cleanlife.partnerapi.faults.History.Row;
import sa.cleanlife.partnerapi.faults.History.Told;

/**
 * Checks a history, with the rows at its end, for the promises: one contact per phone, and nothing acknowledged is
 * lost. It knows nothing of how the server keeps them.
 */
public final class HistoryChecker {
    private final List<Violation> violations = new ArrayList<>();
    private final Map<UUID, Row> rowById = new HashMap<>();
    private final Map<String, List<Row>> rowsByPhone = new HashMap<>();
    private final Map<UUID, String> phoneById = new HashMap<>();

    /** The time when each id was first acknowledged: from then on the contact must exist. */
    private final Map<UUID, Long> acknowledgedAt = new HashMap<>();

    /** The promises. */
    public enum Promise {
        A_PHONE_HAS_ONE_ID,
        AN_ID_HAS_ONE_PHONE,
        A_PHONE_HAS_ONE_ROW,
        ONE_ANSWER_SAYS_NEW,
        NOBODY_FINDS_A_CONTACT_BEFORE_IT_IS_CREATED,
        A_NAME_NEVER_CHANGES,
        A_NAME_IS_ONE_THAT_WAS_ASKED_FOR,
        THE_PHONE_THAT_WAS_ASKED_FOR_IS_ANSWERED,
        WHAT_WAS_ACKNOWLEDGED_CAN_BE_READ,
        WHAT_WAS_ACKNOWLEDGED_IS_STORED,
        NO_ROW_THAT_NOBODY_ASKED_FOR,
        A_GOOD_CALL_IS_ANSWERED_WITH_200_OR_503
    }

    /** A broken promise, with the evidence. */
    public record Violation(Promise promise, String evidence) {}

    private HistoryChecker() {}

    /** Returns the broken promises; an empty list when all were kept. */
    public static List<Violation> violations(Collection<Call> calls, Collection<Row> rows) {
        var checker = new HistoryChecker();
        checker.check(calls, rows);
        return List.copyOf(checker.violations);
    }

    private void check(Collection<Call> calls, Collection<Row> rows) {
        rows.forEach(row -> {
            rowById.put(row.id(), row);
            rowsByPhone.computeIfAbsent(row.phone(), phone -> new ArrayList<>()).add(row);
        });
        var byPhone = new HashMap<String, List<FindOrCreate>>();
        var reads = new ArrayList<Read>();
        for (var call : calls) {
            switch (call) {
                case FindOrCreate asked ->
                    byPhone.computeIfAbsent(asked.phone(), phone -> new ArrayList<>())
                            .add(asked);
                case Read read -> reads.add(read);
            }
        }
        byPhone.forEach(this::checkPhone);
        // Reads come last, since checking them needs the time when each id was acknowledged.
        reads.forEach(this::checkRead);
        rowsByPhone.forEach((phone, same) -> checkRows(phone, same, byPhone.getOrDefault(phone, List.of())));
    }

    private void checkPhone(String phone, List<FindOrCreate> calls) {
        var told = calls.stream().filter(call -> call.answer() instanceof Told).toList();
        var acknowledged = told.stream().map(HistoryChecker::told).toList();
        told.forEach(call -> noteAcknowledged(call, told(call)));
        calls.forEach(this::checkKind);
        expectOne(Promise.A_PHONE_HAS_ONE_ID, phone, acknowledged.stream().map(Told::id));
        expectOne(Promise.A_NAME_NEVER_CHANGES, phone, acknowledged.stream().map(Told::name));
        acknowledged.stream()
                .filter(answer -> !answer.phone().equals(phone))
                .forEach(answer -> broken(Promise.THE_PHONE_THAT_WAS_ASKED_FOR_IS_ANSWERED, phone, answer));
        if (!told.isEmpty()) {
            checkCreation(phone, calls, told);
        }
    }

    private void checkKind(FindOrCreate call) {
        if (call.answer() instanceof Refused(int status) && status != 503) {
            broken(Promise.A_GOOD_CALL_IS_ANSWERED_WITH_200_OR_503, call.phone(), call);
        }
    }

    /**
     * Checks that at most one response says new, that none does only if the creating request got no response, and that
     * the stored name is that of the creating request.
     */
    private void checkCreation(String phone, List<FindOrCreate> calls, List<FindOrCreate> told) {
        var creating = told.stream().filter(call -> told(call).isNewContact()).toList();
        long firstKnown = told.stream().mapToLong(FindOrCreate::endNanos).min().orElseThrow();
        var possible = creating.isEmpty()
                ? calls.stream()
                        .filter(call -> mayHaveCreated(call) && call.startNanos() <= firstKnown)
                        .toList()
                : creating;
        if (creating.size() > 1 || possible.isEmpty()) {
            broken(Promise.ONE_ANSWER_SAYS_NEW, phone, creating);
        }
        creating.stream()
                .filter(call -> call.startNanos() > firstKnown)
                .forEach(call -> broken(Promise.NOBODY_FINDS_A_CONTACT_BEFORE_IT_IS_CREATED, phone, call));
        var names = possible.stream().map(FindOrCreate::name).collect(Collectors.toSet());
        told.stream()
                .filter(call -> !names.contains(told(call).name()))
                .findFirst()
                .ifPresent(call -> broken(Promise.A_NAME_IS_ONE_THAT_WAS_ASKED_FOR, phone, call));
    }

    private static boolean mayHaveCreated(Call call) {
        return switch (call.answer()) {
            case Told told -> told.isNewContact();
            case Refused refused -> !refused.isCertain();
            case Lost lost -> true;
        };
    }

    private static Told told(FindOrCreate call) {
        return (Told) call.answer();
    }

    private void noteAcknowledged(Call call, Told answer) {
        acknowledgedAt.merge(answer.id(), call.endNanos(), Math::min);
        var phone = phoneById.putIfAbsent(answer.id(), answer.phone());
        if (phone != null && !phone.equals(answer.phone())) {
            broken(Promise.AN_ID_HAS_ONE_PHONE, phone, answer);
        }
        var row = rowById.get(answer.id());
        if (row == null || !row.phone().equals(answer.phone()) || !row.name().equals(answer.name())) {
            broken(Promise.WHAT_WAS_ACKNOWLEDGED_IS_STORED, answer.phone(), answer);
        }
    }

    private void checkRead(Read read) {
        switch (read.answer()) {
            case Told told -> {
                var row = rowById.get(read.id());
                if (!told.id().equals(read.id())
                        || told.isNewContact()
                        || row == null
                        || !row.equals(new Row(told.id(), told.phone(), told.name()))) {
                    broken(Promise.WHAT_WAS_ACKNOWLEDGED_CAN_BE_READ, told.phone(), read);
                }
            }
            case Refused(int status)
            when status == 404 -> {
                if (read.startNanos() >= acknowledgedAt.getOrDefault(read.id(), Long.MAX_VALUE)) {
                    broken(Promise.WHAT_WAS_ACKNOWLEDGED_CAN_BE_READ, phoneById.getOrDefault(read.id(), ""), read);
                }
            }
            case Refused(int status)
            when status != 503 ->
                broken(Promise.A_GOOD_CALL_IS_ANSWERED_WITH_200_OR_503, phoneById.getOrDefault(read.id(), ""), read);
            case Refused refused -> {}
            case Lost lost -> {}
        }
    }

    private void checkRows(String phone, List<Row> rows, List<FindOrCreate> calls) {
        if (rows.size() > 1) {
            broken(Promise.A_PHONE_HAS_ONE_ROW, phone, rows);
        }
        Set<String> names = new HashSet<>();
        calls.stream().filter(HistoryChecker::mayHaveCreated).forEach(call -> names.add(call.name()));
        rows.stream()
                .filter(row -> !names.contains(row.name()))
                .forEach(row -> broken(Promise.NO_ROW_THAT_NOBODY_ASKED_FOR, phone, row));
    }

    private void expectOne(Promise promise, String phone, Stream<?> values) {
        var different = values.distinct().toList();
        if (different.size() > 1) {
            broken(promise, phone, different);
        }
    }

    private void broken(Promise promise, String phone, Object evidence) {
        violations.add(new Violation(promise, phone + ": " + evidence));
    }
}
