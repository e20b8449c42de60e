# shellcheck shell=sh
# Sourced by ./mvnw with its arguments: rejects an unknown profile or fault schedule and an invalid seed or other number, with
# a sentence and exit code 2. Maven itself only warns of an unknown profile and runs something else, and a test would report
# an invalid value only after minutes.

check_arguments() ( # in a subshell, so that the caller keeps its variables and its shell options
  set +f
  root=$1
  shift

  refuse() {
    printf '%s\n' "$*" >&2
    exit 2
  }

  names() {
    tr '\n' ' ' | sed 's/ $//; s/ /, /g'
  }

  profiles() {
    sed -n '/<profile>/{n;s/.*<id>\(.*\)<\/id>.*/\1/p;}' "$root/pom.xml"
  }

  schedules() {
    for file in "$root"/src/test/resources/faults/*.properties; do
      basename "$file" .properties
    done
  }

  is_listed() {
    while read -r name; do
      [ "$name" != "$1" ] || return 0
    done
    return 1
  }

  check_profiles() {
    for name in $(printf %s "$1" | tr ',' ' '); do
      name=${name#[-+!]}
      case $name in
        ('?'*) continue ;; # optional in Maven's syntax
      esac
      profiles | is_listed "$name" || grep -qs "<id>$name</id>" "$HOME/.m2/settings.xml" ||
        refuse "There is no profile $name; there are $(profiles | names)."
    done
  }

  check_property() {
    value=${1#*=}
    case ${1%%=*} in
      (faults.schedule)
        schedules | is_listed "$value" || refuse "There is no schedule $value; there are $(schedules | names)."
        ;;
      (faults.seed | simulation.seed | openapi.fuzz.seed)
        digits=${value#-}
        case $digits in
          ('' | *[!0-9]* | ????????????????????*) refuse "${1%%=*} must be a whole number, for example ${1%%=*}=42." ;;
          (???????????????????)
            limit=9223372036854775807
            [ "$value" = "$digits" ] || limit=9223372036854775808
            LC_ALL=C expr "x$digits" '<=' "x$limit" >/dev/null ||
              refuse "${1%%=*} must be between -9223372036854775808 and 9223372036854775807."
            ;;
        esac
        ;;
      (openapi.fuzz.requests | simulation.runs)
        case $value in
          ('' | 0* | *[!0-9]* | ??????????*) refuse "${1%%=*} must be a whole number from 1 to 999999999, for example 1000000." ;;
        esac
        ;;
      (openapi.fuzz.only)
        case $value in
          ('' | *[!0-9]* | ??????????*) refuse "${1%%=*} must be a whole number from 0 to 999999999, for example 42." ;;
        esac
        ;;
      (soak.minutes)
        case $value in
          ('' | 0* | *[!0-9]* | ?????*) refuse "soak.minutes must be a whole number from 1 to 9999, for example soak.minutes=10." ;;
        esac
        ;;
    esac
  }

  awaited=
  for argument; do
    case $awaited$argument in
      (-P?*) check_profiles "${argument#-P}" ;;
      (--activate-profiles=*) check_profiles "${argument#*=}" ;;
      (-D?*) check_property "${argument#-D}" ;;
      (-P | --activate-profiles) awaited='-P ' && continue ;;
      (-D | --define) awaited='-D ' && continue ;;
      (-f | --file) exit 0 ;; # another project
    esac
    awaited=
  done
)

check_arguments "$scriptDir" "$@" || exit
unset -f check_arguments
