package sa.cleanlife.peer;

import jakarta.annotation.PostConstruct;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** The active keys, cached in memory by their hashes and reloaded every half second. */
@Component
public class KeyCache {
    private final JdbcClient jdbc;
    private volatile Map<ByteBuffer, ActiveKey> keys = Map.of();

    public KeyCache(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @PostConstruct
    @Scheduled(fixedDelay = 500)
    void refresh() {
        keys = jdbc.sql("""
                SELECT k.hash, k.id, k.permissions, k.expires_at, p.id AS partner_id, p.name AS partner
                  FROM api_key k
                  JOIN partner p ON p.id = k.partner_id
                 WHERE k.revoked_at IS NULL
                   AND p.status = 'ACTIVE'
                """).query(rows -> {
            var read = new HashMap<ByteBuffer, ActiveKey>();
            while (rows.next()) {
                read.put(ByteBuffer.wrap(rows.getBytes("hash")), activeKey(rows));
            }
            return Map.copyOf(read);
        });
    }

    private static ActiveKey activeKey(ResultSet row) throws SQLException {
        var expiresAt = row.getObject("expires_at", OffsetDateTime.class);
        return new ActiveKey(
                row.getObject("id", UUID.class),
                row.getObject("partner_id", UUID.class),
                row.getString("partner"),
                Set.of((String[]) row.getArray("permissions").getArray()),
                expiresAt == null ? null : expiresAt.toInstant());
    }

    public Optional<ActiveKey> find(String key) {
        return Optional.ofNullable(keys.get(ByteBuffer.wrap(sha256(key))))
                .filter(held -> held.isValidAt(Instant.now()));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
