package sa.cleanlife.partnerapi;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a role with least privileges is granted, as the server checks it and as the documentation tells it. */
class RequiredGrantsTest {
    private static final Pattern CREATED = Pattern.compile("CREATE (?:UNLOGGED )?TABLE ([a-z_]+)");
    private static final Pattern DOCUMENTED = Pattern.compile("GRANT ([A-Z, ]+) ON ([a-z_, ]+) TO partner_api_run;");

    @Test
    void cover_every_table_that_migrations_make() {
        var tables = new TreeSet<>(all(CREATED, textOf(Path.of("src/main/resources/db/migration"), ".sql"))
                .map(created -> created.group(1))
                .toList());
        tables.add("flyway_schema_history");
        // Which only servers of the version before use.
        tables.remove("new_contacts");

        assertThat(RequiredGrants.ALL.stream().flatMap(grant -> grant.tables().stream()))
                .containsExactlyInAnyOrderElementsOf(tables);
    }

    @Test
    void are_those_of_the_documentation() {
        var documented = all(DOCUMENTED, textOf(Path.of("README.md"), ".md") + textOf(Path.of("docs"), ".md"))
                .map(grant -> grant.group(1) + " ON " + grant.group(2));

        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(RequiredGrants.ALL.stream()
                        .map(grant ->
                                String.join(", ", grant.privileges()) + " ON " + String.join(", ", grant.tables()))
                        .toList());
    }

    private static Stream<MatchResult> all(Pattern pattern, String text) {
        return pattern.matcher(text).results();
    }

    private static String textOf(Path directory, String ending) {
        try (var files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .map(RequiredGrantsTest::read)
                    .collect(joining());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
