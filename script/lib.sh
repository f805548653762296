# lib.sh - what the scripts share; sourced by them. Everything they need beyond Debian's packages
# is kept in .cache below the project.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cache=$root/.cache
PATH=$cache/node/bin:$PATH
export PATH
cd "$root"

say() {
    printf '\n== %s\n' "$*"
}
