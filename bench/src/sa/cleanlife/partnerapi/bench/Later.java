package sa.cleanlife.partnerapi.bench;

import java.util.Optional;

/** A value that one step produces for later ones. */
final class Later<T> {
    private Optional<T> value = Optional.empty();

    void set(T made) {
        value = Optional.of(made);
    }

    T get() {
        return value.orElseThrow();
    }
}
