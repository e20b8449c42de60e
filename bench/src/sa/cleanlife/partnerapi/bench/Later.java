package sa.cleanlife.partnerapi.bench;

import java.util.Optional;

/** What one step makes for the next ones. */
final class Later<T> {
    private Optional<T> value = Optional.empty();

    void set(T made) {
        value = Optional.of(made);
    }

    T get() {
        return value.orElseThrow();
    }
}
