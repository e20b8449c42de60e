package sa.cleanlife.peer;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/** The request body. */
public record WantedContact(
        @NotNull String phone,

        @NotNull @Size(min = 1, max = 200) @Pattern(regexp = NO_CONTROLS)
        String name,

        @Size(max = 100) @Pattern(regexp = NO_CONTROLS) String utmSource) {
    private static final String NO_CONTROLS = "[^\\p{Cc}\\p{Cs}]*";

    public WantedContact {
        name = name == null ? null : name.strip();
        utmSource = utmSource == null || utmSource.isBlank() ? "PARTNER" : utmSource.strip();
    }
}
