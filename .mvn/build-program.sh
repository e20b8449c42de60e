# shellcheck shell=sh disable=SC2154 # $root, $jar and say are the launcher's
# For the launcher to source: builds the program with Maven, tells meanwhile what is fetched and how far that is, and says
# why when it fails. What Maven prints is in $log.

log=$root/target/launcher.log

# What an empty repository of Maven needs, and how long that takes at 10 MB/s on two processors: for estimates alone.
all_files=440 all_megabytes=70

build() {
  if ! { mkdir -p "$root/target" && : >"$root/target/build-started" && : >"$log"; } 2>/dev/null; then
    say "the program is built in $root/target, which cannot be written to"
    exit 1
  fi
  if [ -d "$root/target/app/lib" ]; then
    say "building the program"
  else
    say "building the program; the first time, this fetches about $all_megabytes MB and takes about a minute"
  fi
  # A server that runs from the jar keeps the removed file; a jar written over would break it. And Maven would keep what
  # was compiled or copied from sources that have gone since, such as a renamed migration.
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
  # So that what was edited during the build is newer than the jar.
  touch -r "$root/target/build-started" "$jar"
}

run_maven() {
  cd "$root" || exit
  # It is meant for the server: its heap could be too small for a build.
  unset JDK_JAVA_OPTIONS
  # A build is over before the optimising compiler pays off.
  MAVEN_OPTS=${MAVEN_OPTS--XX:TieredStopAtLevel=1 -XX:+UseSerialGC}
  # Maven looks there for .mvn, whose options are for our checks, and for no line a file that is fetched.
  MAVEN_BASEDIR=$root/target
  export MAVEN_OPTS MAVEN_BASEDIR
  # A repository answers in some 0.1 s, so 300 small files one after another would take half a minute.
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

# On a terminal one line, written anew every second; elsewhere a line every 10 seconds.
tell_progress() {
  exec 9<&- # the lock, which must not outlive the build
  seconds=0
  first_fetch=
  while sleep 1 >/dev/null 2>&1 && kill -0 "$maven" 2>/dev/null; do
    seconds=$((seconds + 1))
    [ -n "$first_fetch" ] || ! grep -q ' Downloaded from ' "$log" || first_fetch=$seconds
    if is_terminal; then
      # A line that the terminal wraps could not be written anew: only its last row would be.
      printf "\\r\\033[K%.$(terminal_width)s" "partner-api: $(describe_progress $((seconds - ${first_fetch:-$seconds})))" >&2
    elif [ $((seconds % 10)) = 0 ]; then
      say "$(describe_progress $((seconds - ${first_fetch:-$seconds})))"
    fi
  done
}

# One column less than there are, as some terminals wrap when the last one is written.
terminal_width() {
  size=$(stty size <&2 2>/dev/null) || size=
  columns=${size#* }
  [ "${columns:-0}" -gt 1 ] 2>/dev/null || columns=80
  echo $((columns - 1))
}

# $1 is the number of seconds since the first file was fetched: a slow start of Maven tells nothing of the network.
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
        # The first files are small and wait for each other, so an estimate by them alone would be far too long. It stands
        # before the counts, which a narrow terminal has no room for.
        if (part > 0.1 && part < 1) printf ", about %d s left", seconds * (1 - part) / part + 1
        printf ": %d of about %d files, %d of %d MB", files, all_files, megabytes, all_megabytes
      }
    }' "$log"
}

# The reason in a sentence, and what Maven said last.
say_why_it_failed() {
  if grep -q 'No space left on device' "$log"; then
    say "the build failed: a disk is full. About 400 MB are needed in all, in $root/target and in Maven's repository."
  elif grep -q 'COMPILATION ERROR' "$log"; then
    say "the build failed: the sources cannot be compiled."
  elif grep -Eq 'Failed to fetch|Could not transfer|Unknown host|UnknownHost|Connection refused|timed out' "$log"; then
    say "the build failed: a file could not be fetched. Is there a connection to repo.maven.apache.org? A mirror or a" \
      "proxy is set in ~/.m2/settings.xml. Start again when it works; what was fetched is kept."
  else
    say "the build failed."
  fi
  say "the end of $log:"
  grep -Ev 'Download(ed|ing) from' "$log" | tail -n 15 >&2 || :
}
