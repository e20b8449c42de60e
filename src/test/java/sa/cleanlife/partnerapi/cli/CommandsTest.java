package sa.cleanlife.partnerapi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sa.cleanlife.partnerapi.Setting;
import sa.cleanlife.partnerapi.access.Permission;
import sa.cleanlife.partnerapi.testing.Shell;
import sa.cleanlife.partnerapi.testing.TestPostgres;

/** What all commands have in common: arguments that cannot be understood, and circumstances that prevent a change. */
class CommandsTest {
    @TempDir
    private Path directory;

    private Shell shell = new Shell(Path.of(""));

    @BeforeEach
    void be_in_a_place_of_its_own() {
        shell = new Shell(directory);
    }

    @Nested
    class On_the_embedded_database {
        @Test
        void commands_work_while_no_server_runs() {
            var added = shell.run("partner add --json", "فندق الرياض").json();
            var issued = shell.run("key issue --permission partner_contacts_read --json --partner", "فندق الرياض")
                    .json();
            var listed = shell.run("key list --json").json();
            var changes = shell.run("audit list --json").json();

            assertThat(added.get("name").asString()).isEqualTo("فندق الرياض");
            assertThat(listed)
                    .singleElement()
                    .satisfies(key -> assertThat(key.get("id")).isEqualTo(issued.get("id")));
            assertThat(changes)
                    .extracting(change -> change.get("what").asString())
                    .containsExactly("key issue", "partner add");
        }
    }

    @Nested
    class Invalid_arguments {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "nonsense                                        | There is no such command; there are: serve, partner, key, audit, help, completion",
                    "help nonsense                                   | There is no such command; there are: serve, ",
                    "completion tcsh                                 | There is no completion for the shell tcsh; the shells are bash, zsh and fish",
                    "completion BASH                                 | There is no completion for the shell BASH; the shells are bash, zsh and fish",
                    "completion                                      | Missing required parameter: 'SHELL'",
                    "completion bash zsh                             | Unmatched argument at index 2: 'zsh'",
                    "partner                                         | Missing required subcommand",
                    "partner domain                                  | Missing required subcommand",
                    "audit                                           | Missing required subcommand",
                    "partner add                                     | Missing required parameter: 'NAME'",
                    "key issue                                       | Missing required options: '--partner=NAME', '--permission=PERMISSION'",
                    "key update x                                    | Say what to change, for example --rate-limit 600",
                    "key issue --partner a --permission partner_contacts_read --live --sandbox | --live, --sandbox are mutually exclusive",
                    "key issue --partner a --permission partner_contacts_read --expires -1d    | a duration is a positive number and d, h or m, for example 90d, 12h or 30m",
                    "key rotate x --overlap 1y                       | a duration is a positive number and d, h or m, for example 90d, 12h or 30m",
                    "key update x --rate-limit 0                     | a limit of 0 would allow nothing; it is at least 1, for example 600, or none",
                    "key update x --new-contacts-per-day -5          | a limit is a whole number from 1 to 1000000, for example 600, or none",
                    "key update x --allow-address 10.0.0.5/8         | a range begins with its first address: write 10.0.0.0/8, or 10.0.0.5 alone",
                    "key update x --allow-address home.example.com   | an address or CIDR range is expected, for example 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32",
                    "key update x --allow-address any --allow-address ::1 | --allow-address any cannot be combined with another: it allows every address",
                    "partner domain add x https://shop.example.com/a | a domain is the host alone, here shop.example.com",
                    "partner domain remove x a_b                     | a domain is a host, for example shop.example.com, or all hosts below one, for example *.example.com",
                    "partner update x --sandbox-access yes           | on or off is expected, for example on",
                    "audit list --most 0                             | a whole number from 1 to 999999 is expected, for example 100",
                })
        void are_one_sentence_and_touch_no_database(String typed, String sentence) {
            assertThat(shell.run(typed).refusal()).contains(sentence);
            assertThat(shell.dataDirectory()).doesNotExist();
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "kye list              | There is no command kye (partner-api --help tells more). Did you mean key?",
                    "Partner add x         | There is no command Partner (partner-api --help tells more). Did you mean partner?",
                    "key isue --partner x  | There is no command isue (partner-api key --help tells more). Did you mean issue?",
                    "partner dom           | There is no command dom (partner-api partner --help tells more). Did you mean domain?",
                    "help key rotat        | There is no command rotat (partner-api key --help tells more). Did you mean rotate?",
                    "key list --jsn        | There is no option --jsn (partner-api key list --help tells more). Did you mean --json?",
                    "key list --partnr=x   | There is no option --partnr (partner-api key list --help tells more). Did you mean --partner?",
                    "--hlep                | There is no option --hlep (partner-api --help tells more). Did you mean --help?",
                    "serve --prot 80       | There is no option --prot (partner-api serve --help tells more).",
                })
        void have_a_suggestion_when_a_name_is_nearly_right(String typed, String sentence) {
            assertThat(shell.run(typed).refusal()).isEqualTo(sentence);
            assertThat(shell.dataDirectory()).doesNotExist();
        }

        @Test
        void name_the_valid_permissions() {
            var refusal = shell.run("key issue --partner a --permission partner_moon_visit")
                    .refusal();

            assertThat(refusal).contains("there is no permission partner_moon_visit; there are: ");
            assertThat(Permission.values())
                    .allSatisfy(known -> assertThat(refusal).contains(known.code()));
            assertThat(shell.dataDirectory()).doesNotExist();
        }

        @Test
        void include_an_invalid_operator_name() {
            assertThat(shell.run("partner add hotel --as", "sara\n").refusal())
                    .isEqualTo(
                            "The operator's name has 1 to 100 characters, at least one of them visible, no control characters, no unclosed change of text direction, and no space at either end, for example sara.");
            assertThat(shell.dataDirectory()).doesNotExist();
        }
    }

    /** Each runs in its own process, so that no thread's log line can appear beside the message. */
    @Nested
    class Help {
        @ParameterizedTest
        @CsvSource({"help, --help", "help key, key --help", "help partner domain add, partner domain add --help"})
        void is_the_same_by_a_command_as_by_the_option(String command, String option) {
            assertThat(shell.run(command).table())
                    .startsWith("Usage: partner-api")
                    .isEqualTo(shell.run(option).table());
        }

        @Test
        void of_serve_lists_every_setting_with_its_default() {
            var help = shell.run("help serve").table();

            assertThat(help).isEqualTo(shell.run("serve --help").table());
            assertThat(help.lines()).allMatch(line -> line.length() <= 80);
            assertThat(Setting.values())
                    .allSatisfy(setting -> assertThat(help.replaceAll("\\s+", " "))
                            .contains(setting.variable() + " ", setting.defaultText(), setting.description()));
        }

        @Test
        void works_with_wrong_settings() {
            shell.set("PARTNER_API_PORT", "x");

            assertThat(shell.run("serve --help").table()).contains("PARTNER_API_PORT");
            assertThat(shell.run("completion fish").table()).isNotEmpty();
        }
    }

    @Nested
    class Failures {
        @Test
        void wrong_settings_are_all_reported() {
            shell.set("PARTNER_API_PORT", "x");
            shell.set("PARTNER_API_LOG", "y");
            shell.set("PARTNER_API_DATABASE_URL", "postgresql://api:hunter2@h:x/d");

            var run = shell.runProcess("partner list");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).isEmpty();
            assertThat(run.err().lines().map(line -> line.split(" ", 2)[0]))
                    .containsExactly("PARTNER_API_PORT", "PARTNER_API_DATABASE_URL", "PARTNER_API_LOG");
            assertThat(run.err()).doesNotContain("hunter2");
        }

        @Test
        void an_unknown_variable_is_ignored_with_a_warning_that_names_the_nearest_setting() {
            shell.set("PARTNER_API_DATABSE_URL", "postgresql://api:hunter2@h/d");
            shell.set("PARTNER_API_COLOUR", "vermilion");
            shell.set("PARTNER_API_DATABASE_URL", TestPostgres.newDatabase());

            var run = shell.run("partner list");

            assertThat(run.exitCode()).isZero();
            assertThat(run.err().lines())
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .contains(
                                            " WARN ",
                                            "partner-api serve --help lists the settings",
                                            "PARTNER_API_COLOUR"),
                            line -> assertThat(line)
                                    .contains(
                                            " WARN ",
                                            "did you mean PARTNER_API_DATABASE_URL?",
                                            "PARTNER_API_DATABSE_URL"));
            assertThat(run.err()).doesNotContain("hunter2", "vermilion");
        }

        @Test
        void the_variables_of_a_kubernetes_service_are_ignored_with_one_line() {
            shell.set("PARTNER_API_PORT", "tcp://10.0.0.1:8080");
            shell.set("PARTNER_API_PORT_8080_TCP_ADDR", "10.0.0.1");
            shell.set("PARTNER_API_SERVICE_HOST", "10.0.0.1");
            shell.set("PARTNER_API_DATABASE_URL", TestPostgres.newDatabase());

            var run = shell.run("partner list");

            assertThat(run.exitCode()).isZero();
            assertThat(run.err())
                    .hasLineCount(1)
                    .contains(" INFO ", "PARTNER_API_PORT PARTNER_API_PORT_8080_TCP_ADDR PARTNER_API_SERVICE_HOST");
        }

        @Test
        void an_unreachable_database_is_one_sentence() {
            shell.set("PARTNER_API_DATABASE_URL", "postgresql://api:hunter2@127.0.0.1:1/partner");

            assertThat(shell.runProcess("partner add hotel").sentence(1))
                    .startsWith("The database at 127.0.0.1:1/partner does not answer")
                    .doesNotContain("hunter2");
        }

        @Test
        void a_wrong_password_is_one_sentence() {
            var database = TestPostgres.newDatabase();
            var password = database.substring(database.indexOf(':', 13) + 1, database.indexOf('@'));
            shell.set("PARTNER_API_DATABASE_URL", database.replace(password, "hunter2"));

            assertThat(shell.runProcess("partner add hotel").sentence(1))
                    .contains("refuses the login", "PARTNER_API_DATABASE_URL")
                    .doesNotContain("hunter2");
        }

        @Test
        void a_broken_rule_is_one_sentence() {
            shell.set("PARTNER_API_DATABASE_URL", TestPostgres.newDatabase());
            shell.run("partner add hotel").table();

            assertThat(shell.runProcess("partner add hotel").refusal())
                    .isEqualTo("There is a partner named hotel already.");
        }
    }
}
