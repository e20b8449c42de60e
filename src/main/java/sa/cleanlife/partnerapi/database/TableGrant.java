package sa.cleanlife.partnerapi.database;

import java.util.List;

/** What a role must be granted on some tables, as in {@code GRANT SELECT, INSERT ON contact, audit}. */
public record TableGrant(List<String> privileges, List<String> tables) {
    public static TableGrant of(String privileges, String tables) {
        return new TableGrant(List.of(privileges.split(", ", -1)), List.of(tables.split(", ", -1)));
    }
}
