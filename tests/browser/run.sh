#!/bin/sh
# run.sh LUOSHU OUT - serves the example workspace (and the published tables of the fixtures) and
# runs the browser tests against it; TAP on stdout, screenshots in OUT/shots.
set -eu
luoshu=$1 out=$2
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
dir=$out/browser-workspace
rm -rf "$dir"
"$luoshu" init "$dir" --region 4103 >"$out/browser-init.log"
token=$(grep -oE 'luoshu_[A-Za-z0-9_-]+' "$out/browser-init.log" | head -n 1)
"$luoshu" import "$dir" "$root"/examples/henan/*.csv >"$out/browser-import.log" 2>&1
"$luoshu" serve "$dir" --listen 127.0.0.1:0 >"$out/browser-serve.log" 2>&1 &
pid=$!
trap 'kill $pid 2>/dev/null || true; wait $pid 2>/dev/null || true' EXIT
url=
for _ in $(seq 1 200); do
    url=$(sed -n 's|^luoshu: listening on \(http[^ ]*\).*|\1|p' "$out/browser-serve.log")
    [ -n "$url" ] && break
    sleep 0.1
done
[ -n "$url" ] || { echo "not ok 1 - the server starts"; cat "$out/browser-serve.log" >&2; exit 1; }
mkdir -p "$out/shots"
BASE_URL=${url%/} TOKEN=$token SHOTS=$out/shots node "$here/run.mjs"
