package sa.cleanlife.partnerapi.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sa.cleanlife.partnerapi.faults.History.Answer;
import sa.cleanlife.partnerapi.faults.History.Call;
import sa.cleanlife.partnerapi.faults.History.FindOrCreate;
import sa.cleanlife.partnerapi.faults.History.Lost;
import sa.cleanlife.partnerapi.faults.History.Read;
import sa.cleanlife.partnerapi.faults.History.Refused;
import sa.cleanlife.partnerapi.faults.History.Row;
import sa.cleanlife.partnerapi.faults.History.Told;
import sa.cleanlife.partnerapi.faults.HistoryChecker.Promise;
import sa.cleanlife.partnerapi.faults.HistoryChecker.Violation;

/**
 * The checker detects violations: for each promise there is a history that breaks it, and nothing else but what follows
 * from that.
 */
class HistoryCheckerTest {
    private static final String PHONE = "+966500000000";
    private static final String OTHER_PHONE = "+966511111111";
    private static final UUID ID = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private static final UUID OTHER_ID = UUID.fromString("00000000-0000-4000-8000-000000000002");

    private final List<Call> calls = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();

    /** Adds a request that starts at this time and takes 10. */
    private void asked(long start, String phone, String name, Answer answer) {
        calls.add(new FindOrCreate(phone, phone, name, start, start + 10, answer));
    }

    private void asked(long start, String name, Answer answer) {
        asked(start, PHONE, name, answer);
    }

    private void read(long start, UUID id, Answer answer) {
        calls.add(new Read(id, start, start + 10, answer));
    }

    private void stored(UUID id, String phone, String name) {
        rows.add(new Row(id, phone, name));
    }

    private void stored() {
        stored(ID, PHONE, "Ahmed");
    }

    private static Told created() {
        return new Told(ID, PHONE, "Ahmed", true);
    }

    private static Told found() {
        return new Told(ID, PHONE, "Ahmed", false);
    }

    private void assertKept() {
        assertThat(HistoryChecker.violations(calls, rows)).isEmpty();
    }

    private void assertBroken(Promise... promises) {
        assertThat(HistoryChecker.violations(calls, rows))
                .extracting(Violation::promise)
                .containsOnly(promises);
    }

    @Nested
    class A_history_is_good {
        @Test
        void when_nothing_was_requested_and_nothing_is_stored() {
            assertKept();
        }

        @Test
        void when_one_creates_and_the_others_find() {
            asked(0, "Ahmed", created());
            asked(5, "Sara", found());
            asked(100, "Omar", found());
            read(200, ID, found());
            stored();

            assertKept();
        }

        @Test
        void when_the_creating_request_lost_its_response_and_the_row_is_there() {
            asked(0, "Ahmed", new Lost());
            asked(100, "Sara", found());
            stored();

            assertKept();
        }

        @Test
        void when_the_creating_request_got_a_503_and_took_effect_later() {
            asked(0, "Ahmed", new Refused(503));
            asked(100, "Sara", found());
            stored();

            assertKept();
        }

        @Test
        void when_a_lost_call_had_no_effect() {
            asked(0, "Sara", new Lost());
            asked(100, "Ahmed", created());
            stored();

            assertKept();
        }

        @Test
        void when_a_lost_request_had_an_effect_that_no_response_shows() {
            asked(0, "Ahmed", new Lost());
            stored();

            assertKept();
        }

        @Test
        void when_the_creating_request_gets_its_response_last() {
            calls.add(new FindOrCreate(PHONE, PHONE, "Ahmed", 0, 1_000, created()));
            asked(100, "Sara", found());
            stored();

            assertKept();
        }

        @Test
        void when_a_contact_is_read_by_id_before_it_was_acknowledged() {
            read(0, ID, new Refused(404));
            asked(5, "Ahmed", created());
            stored();

            assertKept();
        }

        @Test
        void when_the_service_was_away() {
            asked(0, "Ahmed", created());
            read(100, ID, new Refused(503));
            read(100, ID, new Lost());
            stored();

            assertKept();
        }
    }

    @Nested
    class A_history_is_bad {
        @Test
        void when_a_phone_has_two_ids() {
            asked(0, "Ahmed", created());
            asked(100, "Ahmed", new Told(OTHER_ID, PHONE, "Ahmed", false));
            stored();
            stored(OTHER_ID, OTHER_PHONE, "Ahmed");
            asked(0, OTHER_PHONE, "Ahmed", new Lost());

            assertBroken(Promise.A_PHONE_HAS_ONE_ID, Promise.WHAT_WAS_ACKNOWLEDGED_IS_STORED);
        }

        @Test
        void when_a_phone_has_two_rows() {
            asked(0, "Ahmed", created());
            stored();
            stored(OTHER_ID, PHONE, "Ahmed");

            assertBroken(Promise.A_PHONE_HAS_ONE_ROW);
        }

        @Test
        void when_an_id_belongs_to_two_phones() {
            asked(0, "Ahmed", created());
            asked(0, OTHER_PHONE, "Ahmed", new Told(ID, OTHER_PHONE, "Ahmed", true));
            stored();

            assertBroken(Promise.AN_ID_HAS_ONE_PHONE, Promise.WHAT_WAS_ACKNOWLEDGED_IS_STORED);
        }

        @Test
        void when_two_responses_say_that_the_contact_is_new() {
            asked(0, "Ahmed", created());
            asked(5, "Ahmed", created());
            stored();

            assertBroken(Promise.ONE_ANSWER_SAYS_NEW);
        }

        @Test
        void when_no_response_says_that_the_contact_is_new_although_none_was_lost() {
            asked(0, "Ahmed", found());
            stored();

            assertBroken(
                    Promise.ONE_ANSWER_SAYS_NEW,
                    Promise.A_NAME_IS_ONE_THAT_WAS_ASKED_FOR,
                    Promise.NO_ROW_THAT_NOBODY_ASKED_FOR);
        }

        @Test
        void when_no_response_says_that_the_contact_is_new_and_the_lost_request_came_too_late_to_create_it() {
            asked(0, "Ahmed", found());
            asked(100, "Ahmed", new Lost());
            stored();

            assertBroken(Promise.ONE_ANSWER_SAYS_NEW, Promise.A_NAME_IS_ONE_THAT_WAS_ASKED_FOR);
        }

        @Test
        void when_no_response_says_that_the_contact_is_new_and_the_only_other_request_was_refused() {
            asked(0, "Ahmed", new Refused(429));
            asked(100, "Ahmed", found());
            stored();

            assertBroken(
                    Promise.ONE_ANSWER_SAYS_NEW,
                    Promise.A_NAME_IS_ONE_THAT_WAS_ASKED_FOR,
                    Promise.NO_ROW_THAT_NOBODY_ASKED_FOR,
                    Promise.A_GOOD_CALL_IS_ANSWERED_WITH_200_OR_503);
        }

        @Test
        void when_a_contact_is_found_before_it_is_created() {
            asked(0, "Sara", found());
            asked(100, "Ahmed", created());
            stored();

            assertBroken(Promise.NOBODY_FINDS_A_CONTACT_BEFORE_IT_IS_CREATED);
        }

        @Test
        void when_a_name_changes() {
            asked(0, "Ahmed", created());
            asked(100, "Sara", new Told(ID, PHONE, "Sara", false));
            stored();

            assertBroken(
                    Promise.A_NAME_NEVER_CHANGES,
                    Promise.A_NAME_IS_ONE_THAT_WAS_ASKED_FOR,
                    Promise.WHAT_WAS_ACKNOWLEDGED_IS_STORED);
        }

        @Test
        void when_the_stored_name_is_not_that_of_the_call_that_created_it() {
            asked(0, "Sara", created());
            stored();

            assertBroken(Promise.A_NAME_IS_ONE_THAT_WAS_ASKED_FOR, Promise.NO_ROW_THAT_NOBODY_ASKED_FOR);
        }

        @Test
        void when_the_name_is_of_a_call_that_was_not_the_one_that_created_it() {
            asked(0, "Sara", created());
            asked(0, "Ahmed", found());
            stored();

            assertBroken(Promise.A_NAME_IS_ONE_THAT_WAS_ASKED_FOR, Promise.NO_ROW_THAT_NOBODY_ASKED_FOR);
        }

        @Test
        void when_a_response_has_another_phone() {
            asked(0, OTHER_PHONE, "Ahmed", created());
            stored();

            assertBroken(Promise.THE_PHONE_THAT_WAS_ASKED_FOR_IS_ANSWERED, Promise.NO_ROW_THAT_NOBODY_ASKED_FOR);
        }

        @Test
        void when_an_acknowledged_contact_cannot_be_read() {
            asked(0, "Ahmed", created());
            read(10, ID, new Refused(404));
            stored();

            assertBroken(Promise.WHAT_WAS_ACKNOWLEDGED_CAN_BE_READ);
        }

        @Test
        void when_an_acknowledged_contact_is_read_with_another_name() {
            asked(0, "Ahmed", created());
            read(100, ID, new Told(ID, PHONE, "Sara", false));
            stored();

            assertBroken(Promise.WHAT_WAS_ACKNOWLEDGED_CAN_BE_READ);
        }

        @Test
        void when_a_read_says_new() {
            asked(0, "Ahmed", created());
            read(100, ID, created());
            stored();

            assertBroken(Promise.WHAT_WAS_ACKNOWLEDGED_CAN_BE_READ);
        }

        @Test
        void when_an_acknowledged_contact_is_not_stored() {
            asked(0, "Ahmed", created());

            assertBroken(Promise.WHAT_WAS_ACKNOWLEDGED_IS_STORED);
        }

        @Test
        void when_a_found_contact_is_not_stored() {
            asked(0, "Ahmed", new Lost());
            asked(100, "Ahmed", found());

            assertBroken(Promise.WHAT_WAS_ACKNOWLEDGED_IS_STORED);
        }

        @Test
        void when_a_contact_that_was_read_is_not_stored() {
            asked(0, "Ahmed", new Lost());
            read(100, ID, found());

            assertBroken(Promise.WHAT_WAS_ACKNOWLEDGED_CAN_BE_READ);
        }

        @Test
        void when_a_row_is_there_that_was_never_requested() {
            stored();

            assertBroken(Promise.NO_ROW_THAT_NOBODY_ASKED_FOR);
        }

        @Test
        void when_a_call_that_was_refused_left_a_row() {
            asked(0, "Ahmed", new Refused(400));
            stored();

            assertBroken(Promise.NO_ROW_THAT_NOBODY_ASKED_FOR, Promise.A_GOOD_CALL_IS_ANSWERED_WITH_200_OR_503);
        }

        @Test
        void when_a_good_call_gets_a_500() {
            asked(0, "Ahmed", created());
            asked(100, "Ahmed", new Refused(500));
            stored();

            assertBroken(Promise.A_GOOD_CALL_IS_ANSWERED_WITH_200_OR_503);
        }

        @Test
        void when_a_good_read_gets_a_500() {
            read(100, ID, new Refused(500));

            assertBroken(Promise.A_GOOD_CALL_IS_ANSWERED_WITH_200_OR_503);
        }
    }
}
