package sa.cleanlife.partnerapi;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sa.cleanlife.partnerapi.cli.Main;

/** The dependency rules: which package may use which, and which classes may use a technology. */
class ArchitectureTest {
    private static final String ROOT = "sa.cleanlife.partnerapi";

    private static final JavaClasses SERVER = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/"))
            .importPackages(ROOT);

    /** For each package, the packages that it may use. A new package gets a line here. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            entry("cli", Set.of("", "contacts", "access", "operator", "database", "database.embedded", "logging")),
            entry(
                    "",
                    Set.of(
                            "console",
                            "contacts",
                            "access",
                            "access.ratelimit",
                            "operator",
                            "http",
                            "http.edge",
                            "http.json",
                            "database",
                            "database.embedded",
                            "logging")),
            entry("console", Set.of("http", "http.json")),
            entry("contacts", Set.of("access", "http", "http.json", "database")),
            entry("access", Set.of("access.ratelimit", "operator", "http", "http.json", "database")),
            entry("access.ratelimit", Set.of("database")),
            entry("operator", Set.of("http.json", "database")),
            entry("http", Set.of("http.json", "http.edge")),
            entry("http.json", Set.of()),
            entry("http.edge", Set.of()),
            entry("database", Set.of()),
            entry("database.embedded", Set.of()),
            entry("logging", Set.of("http.json")));

    private static String nameOf(JavaClass any) {
        return any.getPackageName().equals(ROOT) ? "" : any.getPackageName().substring(ROOT.length() + 1);
    }

    private static String fullName(String name) {
        return name.isEmpty() ? ROOT : ROOT + "." + name;
    }

    private static Set<String> packages() {
        return SERVER.stream().map(ArchitectureTest::nameOf).collect(toSet());
    }

    private static DescribedPredicate<JavaClass> endingIn(String suffix) {
        return describe(
                "named …" + suffix, any -> outermost(any).getSimpleName().endsWith(suffix));
    }

    private static JavaClass outermost(JavaClass any) {
        return any.getEnclosingClass().map(ArchitectureTest::outermost).orElse(any);
    }

    @Nested
    class Packages {
        @Test
        void all_have_a_line_in_the_table_of_arrows() {
            assertThat(packages()).isEqualTo(ARROWS.keySet());
        }

        @ParameterizedTest
        @MethodSource("sa.cleanlife.partnerapi.ArchitectureTest#packages")
        void use_only_those_that_their_arrows_point_to(String name) {
            var others = describe(
                    "another package of this server that " + name + " has no arrow to",
                    (JavaClass used) -> (used.getPackageName() + ".").startsWith(ROOT + ".")
                            && !nameOf(used).equals(name)
                            && !ARROWS.getOrDefault(name, Set.of()).contains(nameOf(used)));

            noClasses()
                    .that()
                    .resideInAPackage(fullName(name))
                    .should()
                    .dependOnClassesThat(others)
                    .check(SERVER);
        }

        @Test
        void have_no_cycles() {
            slices().assignedFrom(new SliceAssignment() {
                        @Override
                        public SliceIdentifier getIdentifierOf(JavaClass any) {
                            return SliceIdentifier.of(any.getPackageName());
                        }

                        @Override
                        public String getDescription() {
                            return "packages";
                        }
                    })
                    .should()
                    .beFreeOfCycles()
                    .check(SERVER);
        }

        @ParameterizedTest
        @MethodSource("sa.cleanlife.partnerapi.ArchitectureTest#packages")
        void have_a_sentence_and_the_null_marked_annotation_in_their_package_info(String name) throws Exception {
            assertThat(Class.forName(fullName(name) + ".package-info")).hasAnnotation(NullMarked.class);
        }
    }

    /** A table that two features used would be a dependency between them that no arrow shows. */
    @Nested
    class Tables {
        /** The tables of each feature. A new table gets a line here. */
        private static final Map<String, Set<String>> TABLES = Map.of(
                "access", Set.of("partner", "api_key", "access_version", "audit", "key_use", "key_day"),
                "access.ratelimit", Set.of("rate_window"),
                "contacts", Set.of("contact", "new_contact_window"));

        /** Tables that only nodes of the previous version use; a later migration drops them. */
        private static final Set<String> LEFT_BEHIND = Set.of("new_contacts");

        private static final Path SOURCES = Path.of("src/main/java/sa/cleanlife/partnerapi");
        private static final Pattern STRING =
                Pattern.compile("\"\"\"(.*?)\"\"\"|\"((?:[^\"\\\\\n]|\\\\.)+)\"", Pattern.DOTALL);
        private static final Pattern COMMENT = Pattern.compile("--.*");

        /** One table of a list, perhaps with an alias. A name before a parenthesis is a function. */
        private static final String LISTED = "(?:ONLY\\s+)?[a-z_]+\\b(?!\\s*\\()(?:\\s+(?:AS\\s+)?[a-z_]+\\b)?";

        private static final Pattern NAMED =
                Pattern.compile("\\b(?:FROM|JOIN|UPDATE|TABLE|USING)\\s+(%1$s(?:\\s*,\\s*%1$s)*)".formatted(LISTED));

        private static final Pattern INSERTED_INTO = Pattern.compile("\\bINTO\\s+([a-z_]+)\\b");

        /** The name of a common table expression at the beginning of a statement. */
        private static final Pattern COMMON_EXPRESSION = Pattern.compile("\\b([a-z_]+) AS \\(\\s*[A-Z]");

        private static final Pattern CREATED = Pattern.compile("CREATE (?:UNLOGGED )?TABLE ([a-z_]+)");

        @ParameterizedTest
        @MethodSource("stores")
        void are_named_only_by_the_stores_of_their_feature(Path store) throws IOException {
            var feature = SOURCES.relativize(store.getParent()).toString().replace('/', '.');

            assertThat(tablesIn(Files.readString(store)))
                    .isNotEmpty()
                    .isSubsetOf(TABLES.getOrDefault(feature, Set.of()));
        }

        static List<Path> stores() throws IOException {
            try (var files = Files.walk(SOURCES)) {
                return files.filter(file -> file.toString().endsWith("Store.java"))
                        // An interface, which contains no SQL.
                        .filter(file -> !file.endsWith("ContactStore.java"))
                        .toList();
            }
        }

        private static Set<String> tablesIn(String source) {
            var sql = new StringBuilder();
            STRING.matcher(source)
                    .results()
                    .map(string -> string.group(1) == null ? string.group(2) : string.group(1))
                    .forEach(string ->
                            sql.append(COMMENT.matcher(string).replaceAll("")).append(";\n"));
            var names = all(INSERTED_INTO, sql);
            for (var list : all(NAMED, sql)) {
                for (var listed : list.split(",", -1)) {
                    names.add(listed.strip().replaceFirst("^ONLY\\s+", "").split("\\s", 2)[0]);
                }
            }
            names.removeAll(all(COMMON_EXPRESSION, sql));
            return names;
        }

        @Test
        void are_found_wherever_a_statement_names_one() {
            assertThat(tablesIn("\"SELECT 1 FROM key_use u, new_contact_window AS w, audit WHERE true\""))
                    .containsExactly("audit", "key_use", "new_contact_window");
            assertThat(tablesIn("\"DELETE FROM key_use USING contact, ONLY partner p WHERE true\""))
                    .containsExactly("contact", "key_use", "partner");
            assertThat(
                            tablesIn(
                                    "\"INSERT INTO audit (id, at) SELECT id, at FROM unnest($1) AS given (id, at) JOIN key_day USING (id)\""))
                    .containsExactly("audit", "key_day");
        }

        private static Set<String> all(Pattern pattern, CharSequence text) {
            return pattern.matcher(text).results().map(match -> match.group(1)).collect(toCollection(TreeSet::new));
        }

        @Test
        void are_those_that_the_migrations_make() throws IOException {
            var created = new TreeSet<String>();
            try (var scripts = Files.list(Path.of("src/main/resources/db/migration"))) {
                for (var script : scripts.toList()) {
                    created.addAll(all(CREATED, Files.readString(script)));
                }
            }

            assertThat(Stream.concat(TABLES.values().stream().flatMap(Set::stream), LEFT_BEHIND.stream()))
                    .containsExactlyInAnyOrderElementsOf(created);
        }
    }

    @Nested
    class Kinds_of_code {
        /** Logging is exempt for one thing: it writes the SQLSTATE of a failure, since it may not write the message. */
        @Test
        void sql_stands_only_in_stores_and_in_database() {
            noClasses()
                    .that(not(endingIn("Store"))
                            .and(not(resideInAPackage(ROOT + ".database..")))
                            .and(describe("not LogLines", any -> !any.getName().equals(ROOT + ".logging.LogLines"))))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(
                            "io.vertx.sqlclient..",
                            "io.vertx.pgclient..",
                            "java.sql..",
                            "javax.sql..",
                            "org.postgresql..",
                            "org.flywaydb.."))
                    .check(SERVER);
        }

        @Test
        void logging_uses_nothing_of_sql_but_the_sqlstate_of_a_failure() {
            noClasses()
                    .that()
                    .haveFullyQualifiedName(ROOT + ".logging.LogLines")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("io.vertx.sqlclient..", "io.vertx.pgclient..")
                            .and(not(belongToAnyOf(io.vertx.sqlclient.DatabaseException.class))))
                    .check(SERVER);
        }

        @Test
        void http_types_stand_only_in_routes_access_http_and_the_root() {
            noClasses()
                    .that(not(endingIn("Routes"))
                            .and(not(resideInAnyPackage(ROOT, ROOT + ".access", ROOT + ".http", ROOT + ".http.edge"))))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("io.vertx.core.http..", "io.netty.handler.codec.http.."))
                    .check(SERVER);
        }

        @Test
        void nothing_calls_another_server_over_http() {
            noClasses()
                    // It reads URLs of the class path only.
                    .that(not(simpleName("MigrationScripts")))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("java.net.http..", "io.vertx.ext.web.client..")
                            .or(belongToAnyOf(
                                    io.vertx.core.http.HttpClient.class,
                                    io.vertx.core.http.HttpClientAgent.class,
                                    io.vertx.core.http.HttpClientRequest.class,
                                    java.net.URL.class,
                                    java.net.URLConnection.class)))
                    .check(SERVER);
        }

        @Test
        void the_environment_is_read_in_main_alone() {
            noClasses()
                    .that(not(belongToAnyOf(Main.class)))
                    .should()
                    .callMethodWhere(describe(
                            "System.getenv",
                            call -> call.getTargetOwner().isEquivalentTo(System.class)
                                    && call.getName().equals("getenv")))
                    .check(SERVER);
        }

        @Test
        void only_commands_print() {
            noClasses()
                    .that()
                    .resideOutsideOfPackage(ROOT + ".cli")
                    .should()
                    .accessFieldWhere(describe(
                            "System.out or System.err",
                            access -> access.getTargetOwner().isEquivalentTo(System.class)))
                    .check(SERVER);
        }

        @Test
        void time_is_of_java_time() {
            noClasses()
                    .that(alwaysTrue())
                    .should()
                    .dependOnClassesThat(
                            belongToAnyOf(java.util.Date.class, java.util.Calendar.class, java.text.DateFormat.class))
                    .check(SERVER);
        }

        /** A simulation could not control anything else: the real clock, or another thread. */
        @Test
        void contacts_batching_and_retries_take_time_from_the_scheduler_alone() {
            var simulated = describe(
                    "run in simulations",
                    (JavaClass any) -> any.getPackageName().equals(ROOT + ".contacts")
                            || Set.of("Batcher", "BatchSize", "LoadShedder", "RetryPolicy")
                                    .contains(outermost(any).getSimpleName()));
            noClasses()
                    .that(simulated)
                    .should()
                    .callMethodWhere(describe(
                            "of Future that waits or times out, or of System that tells the time",
                            call -> (call.getTargetOwner().isAssignableTo(io.vertx.core.Future.class)
                                            && Set.of("timeout", "await").contains(call.getName()))
                                    || (call.getTargetOwner().isEquivalentTo(System.class)
                                            && Set.of("nanoTime", "currentTimeMillis")
                                                    .contains(call.getName()))))
                    .orShould()
                    .dependOnClassesThat(belongToAnyOf(
                            io.vertx.core.Vertx.class,
                            io.vertx.core.Context.class,
                            Thread.class,
                            java.util.concurrent.Executor.class,
                            java.util.Timer.class))
                    .check(SERVER);
        }

        /** The clock is injected so that a test can set it. */
        @Test
        void the_clock_is_chosen_in_main_alone() {
            noClasses()
                    .that(not(belongToAnyOf(Main.class)))
                    .should()
                    .callMethodWhere(describe(
                            "the system's clock",
                            call -> call.getTargetOwner().isEquivalentTo(Clock.class)
                                    && call.getName().startsWith("system")))
                    .orShould()
                    .callMethod(Instant.class, "now")
                    .check(SERVER);
        }
    }
}
