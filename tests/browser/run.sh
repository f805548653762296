#!/bin/sh
# run.sh LUOSHU OUT - serves the example workspace and one of regions by industries (fixtures) and
# runs the browser tests against them; TAP on stdout, screenshots in OUT/shots.
set -eu
luoshu=$1 out=$2
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
pids=
trap 'for p in $pids; do kill $p 2>/dev/null || true; done; wait 2>/dev/null || true' EXIT

# start NAME - serves OUT/browser-NAME; its address in $url
start() {
    "$luoshu" serve "$out/browser-$1" --listen 127.0.0.1:0 >"$out/browser-$1.log" 2>&1 &
    pids="$pids $!"
    url=
    for _ in $(seq 1 200); do
        url=$(sed -n 's|^luoshu: listening on \(http[^ ]*\).*|\1|p' "$out/browser-$1.log")
        [ -n "$url" ] && return
        sleep 0.1
    done
    echo "not ok 1 - the server of $1 starts"
    cat "$out/browser-$1.log" >&2
    exit 1
}

rm -rf "$out/browser-workspace" "$out/browser-regions"
"$luoshu" init "$out/browser-workspace" --region 4103 >"$out/browser-init.log"
token=$(grep -oE 'luoshu_[A-Za-z0-9_-]+' "$out/browser-init.log" | head -n 1)
"$luoshu" import "$out/browser-workspace" "$root"/examples/henan/*.csv >"$out/browser-import.log" 2>&1
"$luoshu" import "$out/browser-workspace" "$here"/devices/*.csv >>"$out/browser-import.log" 2>&1
"$luoshu" init "$out/browser-regions" >>"$out/browser-init.log"
"$luoshu" import "$out/browser-regions" "$root/tests/fixtures/sectors.csv" >>"$out/browser-import.log" 2>&1
"$luoshu" dataset-put "$out/browser-regions" io "$root/tests/fixtures/io.csv" --title 试验投入产出表 >>"$out/browser-import.log"
for table in demands suppliers rules; do
    "$luoshu" dataset-put "$out/browser-regions" $table "$root/tests/fixtures/$table.csv" >>"$out/browser-import.log"
done
start workspace
base=${url%/}
start regions
mkdir -p "$out/shots"
BASE_URL=$base REGIONS_URL=${url%/} TOKEN=$token SHOTS=$out/shots node "$here/run.mjs"
