#!/bin/sh
# run.sh LUOSHU OUT - InfluxDB's own clients write to a server; what is stored afterwards is held
# against what they sent, reading by reading. TAP on stdout.
set -eu
luoshu=$1 out=$2
here=$(cd "$(dirname "$0")" && pwd)
ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
export ASAN_OPTIONS
[ -d "$here/node_modules" ] || { echo "1..0 # SKIP the clients are not installed: npm ci --ignore-scripts in tests/field/influx"; exit 0; }
dir=$out/influx-workspace
rm -rf "$dir"
"$luoshu" init "$dir" >"$out/influx-token" 2>/dev/null
"$luoshu" serve "$dir" --listen 127.0.0.1:0 >"$out/influx-serve.log" 2>&1 &
pid=$!
trap 'kill $pid 2>/dev/null || true; wait $pid 2>/dev/null || true' EXIT
url=
for _ in $(seq 1 200); do
    url=$(sed -n 's|^luoshu: listening on \(http[^ ]*\).*|\1|p' "$out/influx-serve.log")
    [ -n "$url" ] && break
    sleep 0.1
done
[ -n "$url" ] || { echo "not ok 1 - the server starts"; cat "$out/influx-serve.log" >&2; exit 1; }
good=0
BASE_URL=$url TOKEN=$(cat "$out/influx-token") EXPECTED=$out/influx-expected.csv node "$here/peers.mjs" >"$out/influx-peers.tap" || good=1
grep -v '^1\.\.' "$out/influx-peers.tap"
n=$(grep -cE '^(not )?ok ' "$out/influx-peers.tap" || true)
kill "$pid"
wait "$pid" || true
"$(dirname "$luoshu")/field-dump" "$dir" | sed 1d | LC_ALL=C sort >"$out/influx-stored.csv"
LC_ALL=C sort "$out/influx-expected.csv" >"$out/influx-sent.csv"
n=$((n + 1))
if cmp -s "$out/influx-sent.csv" "$out/influx-stored.csv" && [ -s "$out/influx-sent.csv" ]; then
    echo "ok $n - $(wc -l <"$out/influx-stored.csv") readings are stored exactly as sent"
else
    echo "not ok $n - what is stored is not what was sent"
    diff "$out/influx-sent.csv" "$out/influx-stored.csv" | head -n 8 | sed 's/^/#   /'
    good=1
fi
echo "1..$n"
exit $good
