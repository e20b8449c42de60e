package sa.cleanlife.peer;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/**
 * The contact entity. It is never changed, so Hibernate need not check it for changes. The database sets {@code
 * created_at}.
 */
@Entity
@Immutable
public class Contact {
    @Id
    @GeneratedValue(strategy = GenerationType.UUID)
    private UUID id;

    private String phone;
    private String name;
    private String utmSource;
    private UUID createdByPartner;
    private UUID createdByKey;

    protected Contact() {}

    public Contact(String phone, String name, String utmSource, UUID createdByPartner, UUID createdByKey) {
        this.phone = phone;
        this.name = name;
        this.utmSource = utmSource;
        this.createdByPartner = createdByPartner;
        this.createdByKey = createdByKey;
    }

    public UUID getId() {
        return id;
    }

    public String getPhone() {
        return phone;
    }

    public String getName() {
        return name;
    }
}
