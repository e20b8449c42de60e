package sa.cleanlife.partnerapi.contacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import sa.cleanlife.partnerapi.contacts.ContactSimulation.Outcome;
import sa.cleanlife.partnerapi.database.DatabaseUnavailableException;
import sa.cleanlife.partnerapi.database.InjectedFault;
import sa.cleanlife.partnerapi.database.InjectedFaults;
import sa.cleanlife.partnerapi.database.VirtualTime.Trace;

/**
 * The promises hold in every simulated run, whatever fails in it. {@code -Dsimulation.seed=…} runs one seed and prints
 * its events.
 */
class ContactSimulationTest {
    private static final String SEED = "simulation.seed";

    private static Outcome run(long seed) {
        return ContactSimulation.run(seed, Trace.NONE, UnaryOperator.identity());
    }

    private static List<String> trace(long seed) {
        var lines = new ArrayList<String>();
        var outcome = ContactSimulation.run(seed, line -> lines.add(line.get()), UnaryOperator.identity());
        outcome.broken().forEach(broken -> lines.add("broken: " + broken));
        return lines;
    }

    private static long aSeed() {
        return new SplittableRandom().nextLong();
    }

    @Nested
    @DisabledIfSystemProperty(named = SEED, matches = "(?s).*", disabledReason = "a single seed was requested")
    class All_runs {
        private static final int RUNS = Integer.getInteger("simulation.runs", 1_000);

        @Test
        void keep_every_promise_and_meet_every_fault() {
            long first = aSeed();
            var faults = new InjectedFaults();
            long calls = 0;
            var failed = new ArrayList<Long>();
            for (long seed = first; seed < first + RUNS; seed++) {
                var outcome = run(seed);
                calls += outcome.calls();
                faults.add(outcome.faults());
                if (!outcome.broken().isEmpty()) {
                    failed.add(seed);
                }
            }
            System.out.printf(
                    "Simulation of contacts: %,d seeds from %d on, %,d requests, %,d faults, %d seeds with violations; %s%n",
                    RUNS, first, calls, count(faults), failed.size(), told(faults));

            assertThat(InjectedFault.values()).as("faults that were injected").allMatch(fault -> faults.of(fault) > 0);
            failed.stream().findFirst().ifPresent(ContactSimulationTest::failWith);
        }

        private static long count(InjectedFaults faults) {
            return Arrays.stream(InjectedFault.values()).mapToLong(faults::of).sum();
        }

        private static String told(InjectedFaults faults) {
            return Arrays.stream(InjectedFault.values())
                    .map(fault -> "%s %,d".formatted(fault, faults.of(fault)))
                    .collect(Collectors.joining(", "));
        }

        @Test
        void are_identical_for_the_same_seed_and_differ_for_others() {
            long first = aSeed();
            var traces = LongStream.range(first, first + 100)
                    .mapToObj(seed -> {
                        var trace = trace(seed);
                        assertThat(trace(seed)).as("-D%s=%d", SEED, seed).isEqualTo(trace);
                        return trace;
                    })
                    .toList();

            assertThat(traces).doesNotHaveDuplicates().allMatch(trace -> trace.size() > 10);
        }
    }

    @Nested
    @EnabledIfSystemProperty(
            named = SEED,
            matches = "(?s).*",
            disabledReason = "no seed was requested: -D" + SEED + "=…")
    class One_run {
        @Test
        void keeps_every_promise() {
            long seed = seed(System.getProperty(SEED, ""));
            trace(seed).forEach(System.out::println);

            if (!run(seed).broken().isEmpty()) {
                failWith(seed);
            }
        }

        private static long seed(String text) {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                return fail("%s must be a whole number, such as 42, but is '%s'".formatted(SEED, text));
            }
        }
    }

    private static void failWith(long seed) {
        fail("""
                seed %d breaks promises; to print its events:
                  ./mvnw test -Dtest=ContactSimulationTest -D%s=%d
                %s""".formatted(seed, SEED, seed, String.join("\n", run(seed).broken())));
    }

    /** A simulation that cannot detect a fault would prove nothing. */
    @Nested
    @DisabledIfSystemProperty(named = SEED, matches = "(?s).*", disabledReason = "a single seed was requested")
    class A_store_that_breaks_a_promise_is_noticed {
        private static final int MOST_RUNS = 2_000;

        @Test
        void when_it_takes_a_lost_response_for_success() {
            expectBroken("WHAT_WAS_ACKNOWLEDGED_IS_STORED", real -> new Changed(real) {
                @Override
                public Future<Map<PhoneNumber, Contact>> insertMissing(SequencedMap<UUID, ContactRequest> requests) {
                    return super.insertMissing(requests).recover(failure -> guessed(failure, requests));
                }
            });
        }

        private static Future<Map<PhoneNumber, Contact>> guessed(
                Throwable failure, SequencedMap<UUID, ContactRequest> requests) {
            return failure instanceof DatabaseUnavailableException
                    ? Future.succeededFuture(requests.entrySet().stream()
                            .collect(Collectors.toMap(
                                    each -> each.getValue().phone(),
                                    each -> Changed.contact(each.getKey(), each.getValue()))))
                    : Future.failedFuture(failure);
        }

        @Test
        void when_it_retries_with_another_id() {
            expectBroken("A_NAME_IS_ONE_THAT_WAS_ASKED_FOR", real -> new Changed(real) {
                @Override
                public Future<Map<PhoneNumber, Contact>> insertMissing(SequencedMap<UUID, ContactRequest> requests) {
                    var again = new LinkedHashMap<UUID, ContactRequest>();
                    requests.forEach((id, request) -> again.put(new UUID(id.getLeastSignificantBits(), 0), request));
                    return super.insertMissing(requests)
                            .recover(failure -> failure instanceof DatabaseUnavailableException
                                    ? super.insertMissing(again)
                                    : Future.failedFuture(failure));
                }
            });
        }

        @Test
        void when_it_takes_the_rows_of_others_for_those_it_inserted() {
            expectBroken("A_PHONE_HAS_ONE_ID", real -> new Changed(real) {
                @Override
                public Future<Map<PhoneNumber, Contact>> insertMissing(SequencedMap<UUID, ContactRequest> requests) {
                    return super.insertMissing(requests).map(inserted -> {
                        var all = new HashMap<>(inserted);
                        requests.forEach((id, request) -> all.putIfAbsent(request.phone(), contact(id, request)));
                        return all;
                    });
                }
            });
        }

        @Test
        void when_it_sometimes_does_not_find_a_stored_row() {
            expectBroken("WHAT_WAS_ACKNOWLEDGED_CAN_BE_READ", real -> new Changed(real) {
                @Override
                public Future<Map<UUID, Contact>> findById(Collection<UUID> ids) {
                    return super.findById(ids.size() == 1 ? ids : List.of());
                }
            });
        }

        private static void expectBroken(String promise, UnaryOperator<ContactStore> stores) {
            long first = aSeed();
            var noticed = LongStream.range(first, first + MOST_RUNS)
                    .mapToObj(seed -> ContactSimulation.run(seed, Trace.NONE, stores))
                    .flatMap(outcome -> outcome.broken().stream())
                    .filter(broken -> broken.startsWith(promise))
                    .findFirst();

            assertThat(noticed)
                    .as("violations found in %d seeds from %d on", MOST_RUNS, first)
                    .isPresent();
        }

        /** The real store, except for the overridden methods. */
        private static class Changed implements ContactStore {
            private final ContactStore real;

            private Changed(ContactStore real) {
                this.real = real;
            }

            static Contact contact(UUID id, ContactRequest request) {
                return new Contact(id, request.phone(), request.name());
            }

            @Override
            public Future<Map<PhoneNumber, Contact>> findByPhone(Collection<PhoneNumber> phones) {
                return real.findByPhone(phones);
            }

            @Override
            public Future<Map<UUID, Contact>> findById(Collection<UUID> ids) {
                return real.findById(ids);
            }

            @Override
            public Future<Map<PhoneNumber, Contact>> insertMissing(SequencedMap<UUID, ContactRequest> requests) {
                return real.insertMissing(requests);
            }
        }
    }
}
