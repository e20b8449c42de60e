# shellcheck shell=sh disable=SC2154 # $root, $jar and say are the launcher's
# Sourced by the launcher: builds the program with Maven, shows the progress, and says why the build failed. The output of
# Maven goes to $log.

log=$root/target/launcher.log

# What Maven fetches into an empty repository; only used for estimates. At 10 MB/s on two processors a build takes a minute.
all_files=440 all_megabytes=70

build() {
  if ! { mkdir -p "$root/target" && : >"$root/target/build-started" && : >"$log"; } 2>/dev/null; then
    say "the program cannot be built: $root/target is not writable"
    exit 1
  fi
  if [ -d "$root/target/app/lib" ]; then
    say "building the program"
  else
    say "building the program; the first build fetches about $all_megabytes MB and takes about a minute"
  fi
  # A running server keeps the removed jar open; overwriting the jar would break it. And Maven does not delete the output of
  # sources that no longer exist, such as a renamed migration.
  rm -rf "$jar" "$root/target/app"/rehearsed-*.aot "$root/target/launcher"

  run_maven &
  maven=$!
  tell_progress &
  progress=$!
  trap 'kill "$maven" "$progress" 2>/dev/null; clear_line; exit 1' HUP INT TERM
  if wait "$maven" && [ -f "$jar" ]; then built=true; else built=false; fi
  kill "$progress" 2>/dev/null || :
  wait "$progress" 2>/dev/null || :
  trap - HUP INT TERM
  clear_line
  if [ "$built" = false ]; then
    say_why_it_failed
    exit 1
  fi
  # The jar gets the time of the start, so that files edited during the build are newer.
  touch -r "$root/target/build-started" "$jar"
}

run_maven() {
  cd "$root" || exit
  # These options are for the server: its heap could be too small for a build.
  unset JDK_JAVA_OPTIONS
  # A build is over before the optimising compiler pays off.
  MAVEN_OPTS=${MAVEN_OPTS--XX:TieredStopAtLevel=1 -XX:+UseSerialGC}
  # Another base directory, so that Maven does not read .mvn: its options are for our checks and hide the download lines.
  MAVEN_BASEDIR=$root/target
  export MAVEN_OPTS MAVEN_BASEDIR
  # A repository takes about 0.1 s per response, so 300 small files one after another would take half a minute.
  exec sh ./mvnw -B -Dlauncher -Dmaven.artifact.threads=32 -Daether.connector.basic.threads=32 \
    -Daether.metadataResolver.threads=32 -Daether.dependencyCollector.impl=bf \
    -Daether.dependencyCollector.bf.threads=32 package </dev/null >"$log" 2>&1
}

is_terminal() {
  [ -t 2 ] && [ "${TERM:-dumb}" != dumb ]
}

clear_line() {
  ! is_terminal || printf '\r\033[K' >&2
}

# Shows the progress: on a terminal in one line that is rewritten every second, elsewhere in a new line every 10 seconds.
tell_progress() {
  exec 9<&- # the lock, which must not outlive the build
  seconds=0
  first_fetch=
  while sleep 1 >/dev/null 2>&1 && kill -0 "$maven" 2>/dev/null; do
    seconds=$((seconds + 1))
    [ -n "$first_fetch" ] || ! grep -q ' Downloaded from ' "$log" || first_fetch=$seconds
    if is_terminal; then
      # Cut to the width of the terminal: of a wrapped line only the last row would be rewritten.
      printf "\\r\\033[K%.$(terminal_width)s" "partner-api: $(describe_progress $((seconds - ${first_fetch:-$seconds})))" >&2
    elif [ $((seconds % 10)) = 0 ]; then
      say "$(describe_progress $((seconds - ${first_fetch:-$seconds})))"
    fi
  done
}

# One column less than the terminal has, since some terminals wrap after the last column.
terminal_width() {
  size=$(stty size <&2 2>/dev/null) || size=
  columns=${size#* }
  [ "${columns:-0}" -gt 1 ] 2>/dev/null || columns=80
  echo $((columns - 1))
}

# $1 is the number of seconds since the first file was fetched, so that a slow start of Maven does not affect the estimate.
describe_progress() {
  awk -v seconds="$1" -v all_files="$all_files" -v all_megabytes="$all_megabytes" '
    BEGIN { step = "preparing Maven" }
    # Downloaded from central: https://…/vertx-core-5.0.12.jar (2.7 MB at 4.1 MB/s)
    / Downloaded from / {
      step = ""
      files++
      sub(/.*\(/, "")
      megabytes += $2 == "MB" ? $1 : $2 == "kB" ? $1 / 1000 : 0
    }
    / Compiling / { step = "compiling" }
    / Building jar/ { step = "packing" }
    END {
      printf "%s", step == "" ? "fetching" : step
      if (files > 0) {
        part = (files / all_files + megabytes / all_megabytes) / 2
        # The first files are small and wait for each other, so an estimate from them alone would be far too long. The
        # estimate comes before the counts, which a narrow terminal cuts off.
        if (part > 0.1 && part < 1) printf ", about %d s left", seconds * (1 - part) / part + 1
        printf ": %d of about %d files, %d of %d MB", files, all_files, megabytes, all_megabytes
      }
    }' "$log"
}

# Prints the reason as a sentence, and the last lines of Maven.
say_why_it_failed() {
  if grep -q 'No space left on device' "$log"; then
    say "the build failed: a disk is full. The build needs about 400 MB in $root/target and Maven's repository."
  elif grep -q 'COMPILATION ERROR' "$log"; then
    say "the build failed: the sources cannot be compiled."
  elif grep -Eq 'Failed to fetch|Could not transfer|Unknown host|UnknownHost|Connection refused|timed out' "$log"; then
    say "the build failed: a file could not be fetched. Check the connection to repo.maven.apache.org, or set a" \
      "mirror or a proxy in ~/.m2/settings.xml. Then start again; the files that were fetched are kept."
  else
    say "the build failed."
  fi
  say "the end of $log:"
  grep -Ev 'Download(ed|ing) from' "$log" | tail -n 15 >&2 || :
}
