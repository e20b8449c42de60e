package sa.cleanlife.peer;

import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The contact table. A lookup is one statement without a transaction around it, which saves the round trip of a commit.
 */
public interface ContactRepository extends JpaRepository<Contact, UUID> {
    @Transactional(propagation = Propagation.SUPPORTS)
    Optional<Contact> findByPhone(String phone);

    @Override
    @Transactional(propagation = Propagation.SUPPORTS)
    Optional<Contact> findById(UUID id);
}
