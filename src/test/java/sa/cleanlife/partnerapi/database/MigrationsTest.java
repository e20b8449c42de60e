package sa.cleanlife.partnerapi.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The list by which a start knows that there is nothing to migrate. */
class MigrationsTest {
    @Test
    void the_versions_are_those_of_the_scripts() throws IOException {
        try (var scripts = Files.list(Path.of("src/main/resources/db/migration"))) {
            var versions = scripts.map(script -> script.getFileName().toString())
                    .map(name -> name.substring(1, name.indexOf("__")))
                    .toList();

            assertThat(Migrations.VERSIONS).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(versions);
        }
    }
}
