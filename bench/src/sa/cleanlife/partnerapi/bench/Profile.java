package sa.cleanlife.partnerapi.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/** Where the server spends its time under load, from a recording of the Java Flight Recorder. */
final class Profile {
    private static final int MOST_SHOWN = 10;

    /** A sample in the JDK is attributed to the caller with one of these prefixes. */
    private static final List<String> LIBRARIES = List.of("sa.cleanlife.", "io.vertx.", "io.netty.");

    private final Map<String, Integer> self = new HashMap<>();
    private final Map<String, Integer> caller = new HashMap<>();
    private int samples;

    private Profile() {}

    /** Records while the work runs. */
    static Profile record(Workspace workspace, HttpProcess server, Runnable work) {
        var file = workspace.directory().resolve("profile.jfr");
        jcmd(workspace, server, "JFR.start", "name=bench", "settings=profile");
        work.run();
        jcmd(workspace, server, "JFR.stop", "name=bench", "filename=" + file);
        return read(file);
    }

    private static void jcmd(Workspace workspace, HttpProcess server, String... command) {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var builder = new ProcessBuilder(jcmd, Long.toString(server.pid()));
        builder.command().addAll(List.of(command));
        Command.run(workspace, builder);
    }

    private static Profile read(Path file) {
        var profile = new Profile();
        try (var recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                var event = recording.readEvent();
                if (event.getEventType().getName().equals("jdk.ExecutionSample")) {
                    profile.add(event);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return profile;
    }

    private void add(RecordedEvent sample) {
        var frames = Optional.ofNullable(sample.getStackTrace()).stream()
                .flatMap(trace -> trace.getFrames().stream())
                .map(Profile::name)
                .toList();
        if (!frames.isEmpty()) {
            samples++;
            self.merge(frames.getFirst(), 1, Integer::sum);
            frames.stream()
                    .filter(frame -> LIBRARIES.stream().anyMatch(frame::startsWith))
                    .findFirst()
                    .ifPresent(frame -> caller.merge(frame, 1, Integer::sum));
        }
    }

    private static String name(RecordedFrame frame) {
        return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
    }

    void print(String what, PrintStream out) {
        out.printf("%n%s: %,d samples%n", what, samples);
        print("the method itself", self, out);
        print("the nearest method of the server, Vert.x or Netty", caller, out);
    }

    private void print(String title, Map<String, Integer> counts, PrintStream out) {
        out.println("  " + title);
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(MOST_SHOWN)
                .forEach(entry -> out.println(
                        Progress.format("  %5.1f %%  %s", 100.0 * entry.getValue() / samples, entry.getKey())));
    }
}
