package sa.cleanlife.partnerapi;

import java.util.List;
import sa.cleanlife.partnerapi.database.TableGrant;

/**
 * What a role that does not own the tables must be granted, as the documentation lists it under "Least privileges". Every
 * statement of every feature works with these, so a feature that adds a table adds it here.
 */
public final class RequiredGrants {
    public static final List<TableGrant> ALL = List.of(
            TableGrant.of("SELECT", "flyway_schema_history"),
            TableGrant.of(
                    "SELECT, INSERT, UPDATE", "partner, api_key, rate_window, key_use, key_day, new_contact_window"),
            TableGrant.of("SELECT, UPDATE", "access_version"),
            TableGrant.of("SELECT, INSERT", "contact, audit"));

    private RequiredGrants() {}
}
