package sa.cleanlife.partnerapi.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The steps of a run, executed in order; the current one and the time left are printed on standard error. */
final class Progress {
    private final List<Step> steps = new ArrayList<>();

    private record Step(String name, double seconds, Runnable work) {}

    /** @param seconds its approximate duration */
    void add(String name, double seconds, Runnable work) {
        steps.add(new Step(name, seconds, work));
    }

    void run() {
        double planned = steps.stream().mapToDouble(Step::seconds).sum();
        double done = 0;
        long start = System.nanoTime();
        for (int i = 0; i < steps.size(); i++) {
            var step = steps.get(i);
            double elapsed = (System.nanoTime() - start) / 1e9;
            // Machines differ: once part of the plan is done, the rest is assumed to deviate by as much.
            double pace = done > planned / 20 ? elapsed / done : 1;
            say("%d of %d: %s; about %s left", i + 1, steps.size(), step.name(), time((planned - done) * pace));
            step.work().run();
            done += step.seconds();
        }
    }

    private static String time(double seconds) {
        return seconds < 90 ? Math.round(seconds) + " s" : Math.round(seconds / 60) + " min";
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation is not on the class path
    static void say(String text, Object... arguments) {
        System.err.println("bench: " + text.formatted(arguments));
    }

    @SuppressWarnings("AnnotateFormatMethod")
    static String format(String text, Object... arguments) {
        return String.format(Locale.ROOT, text, arguments);
    }
}
