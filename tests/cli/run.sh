#!/bin/sh
# run.sh LUOSHU - the command line and the server, tested from outside; TAP on stdout.
# Each file beside this one is a story over its own workspace; lib.sh has the few verbs they use.
set -u
case ${1:?usage: run.sh LUOSHU} in
/*) LUOSHU=$1 ;;
*) LUOSHU=$PWD/$1 ;;
esac
here=$(cd "$(dirname "$0")" && pwd)
fixtures=$here/../fixtures
work=$(mktemp -d)
LANG=C.UTF-8 LC_ALL=C.UTF-8
export LANG LC_ALL
unset LUOSHU_TOKEN
cd "$work" || exit 3
. "$here/lib.sh"
trap 'stop_server; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
for story in init import figure check analyze analysis read review words texts serve write fleet through devices stations points; do
    echo "# $story"
    . "$here/$story.sh"
done
echo "1..$tests"
[ "$failures" = 0 ]
