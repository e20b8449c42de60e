# shellcheck shell=sh
# Sourced by scripts: sets and exports JAVA_HOME to a JDK 25 or later, or says what to install and exits with 1.
# A machine's default java is often an older one, or a JRE, which cannot build.
#
# JAVA_HOME, the java and the javac on the PATH are tried in this order. If none is new enough, the directories of
# distributions, version managers and Homebrew are searched, and the lowest sufficient version is used: the closest to the
# version that this is built for. JDK_PLACES, with one shell pattern per line, replaces those directories.

find_jdk() ( # in a subshell, so that the caller keeps its variables and its shell options
  set +efu
  needed=25
  places=${JDK_PLACES-"/usr/lib/jvm/*
/usr/lib64/jvm/*
/usr/java/*
/usr/local/*jdk*
/opt/java/*
/opt/*jdk*
${SDKMAN_DIR:-$HOME/.sdkman}/candidates/java/*
${ASDF_DATA_DIR:-$HOME/.asdf}/installs/java/*
${MISE_DATA_DIR:-$HOME/.local/share/mise}/installs/java/*
$HOME/.jdks/*
/Library/Java/JavaVirtualMachines/*/Contents/Home
$HOME/Library/Java/JavaVirtualMachines/*/Contents/Home
/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home
/usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home
/home/linuxbrew/.linuxbrew/opt/openjdk*/libexec"}

  # Whether $1 is a JDK of a sufficient version. Sets version to its major version; reading it from the release file is
  # faster than starting java.
  is_new_enough() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 1
    value=
    if [ -r "$1/release" ]; then
      while IFS='=' read -r key value || [ -n "$key" ]; do
        [ "$key" != JAVA_VERSION ] || break
        value=
      done <"$1/release"
    fi
    [ -n "$value" ] || value=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')
    value=${value#\"}
    version=${value%%[!0-9]*}
    [ "${version:-0}" -ge "$needed" ]
  }

  answer() {
    printf '%s\n' "$1"
    exit 0
  }

  [ -z "${JAVA_HOME-}" ] || ! is_new_enough "$JAVA_HOME" || answer "$JAVA_HOME"

  for tool in java javac; do
    file=$(command -v "$tool") || continue
    while [ -L "$file" ]; do
      target=$(readlink "$file")
      case $target in
        (/*) file=$target ;;
        (*) file=${file%/*}/$target ;;
      esac
    done
    home=$(CDPATH='' cd "${file%/*}/.." 2>/dev/null && pwd -P)
    # The java in /usr/bin on macOS is a stub that offers to install a JDK.
    [ "${home:-/usr}" = /usr ] || ! is_new_enough "$home" || answer "$home"
  done

  best=
  IFS='
'
  for home in $places; do
    if is_new_enough "$home" && [ "$version" -lt "${best_version:-$((version + 1))}" ]; then
      best=$home best_version=$version
    fi
  done
  [ -z "$best" ] || answer "$best"

  searched="JAVA_HOME (${JAVA_HOME:-not set}), the PATH"
  set -f
  for place in $places; do
    searched="$searched, $place"
  done
  packages="openjdk-$needed-jdk or temurin-$needed-jdk"
  cure="install one, such as the package $packages, or set JAVA_HOME to one"
  printf '%s\n' "No JDK $needed or later at $searched: $cure." >&2
  exit 1
)

JAVA_HOME=$(find_jdk) || exit 1
export JAVA_HOME
unset -f find_jdk
