#!/bin/sh
# run.sh LUOSHU OUT - stations written in another language send while the server is killed (-9) and started again, twice;
# every reading that was answered is there, exactly once, as sent. TAP on stdout.
set -eu
luoshu=$1 out=$2
here=$(cd "$(dirname "$0")" && pwd)
data=$here/../../../../shared/data/emission-gasturbine/gt_2011.csv
ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
export ASAN_OPTIONS
dir=$out/hj212-workspace
rm -rf "$dir"
"$luoshu" init "$dir" >"$out/hj212-token" 2>/dev/null
printf 'mn,pw,name,limits\n' >"$out/hj212-stations.csv"
for n in 0 1 2 3; do printf 'TESTSTATION00%d,123456,station %d,\n' $n $n >>"$out/hj212-stations.csv"; done

# start ADDRESS - waits until it listens; $pid, $port
start() {
    rm -f "$out/hj212-serve.log"
    : >"$out/hj212-serve.log"
    "$luoshu" serve "$dir" --listen 127.0.0.1:0 --hj212 "$1" --hj212-stations "$out/hj212-stations.csv" >"$out/hj212-serve.log" 2>>"$out/hj212-serve.err" &
    pid=$!
    for _ in $(seq 1 300); do
        grep -q 'listening on' "$out/hj212-serve.log" && break
        sleep 0.1
    done
    port=$(sed -n 's|^luoshu: HJ 212 on .*:\([0-9]*\)$|\1|p' "$out/hj212-serve.log")
    url=$(sed -n 's|^luoshu: listening on \(http[^ ]*\)/$|\1|p' "$out/hj212-serve.log")
    [ -n "$port" ] && [ -n "$url" ] || { echo "not ok 1 - the server starts"; cat "$out/hj212-serve.err" >&2; exit 1; }
}
: >"$out/hj212-serve.err"
: >"$out/hj212-answered.csv"
peer=
start 127.0.0.1:0
trap 'kill $pid $peer 2>/dev/null || true' EXIT
PORT=$port DATA=$data MESSAGES=${MESSAGES:-300} ANSWERED=$out/hj212-answered.csv SENT=$out/hj212-sent.csv node "$here/peer.mjs" >"$out/hj212-peer.log" 2>&1 &
peer=$!
for kill in 1 2; do
    want=$((kill * 900)) # readings answered before the blow
    for _ in $(seq 1 600); do
        [ "$(wc -l <"$out/hj212-answered.csv")" -ge $want ] && break
        kill -0 $peer 2>/dev/null || break
        sleep 0.05
    done
    kill -9 "$pid"
    wait "$pid" 2>/dev/null || true
    start "127.0.0.1:$port"
done
good=0 n=0
ok() {
    n=$((n + 1))
    if "$@"; then echo "ok $n - $name"; else echo "not ok $n - $name"; good=1; fi
}
name="stations send through two kills"
ok wait $peer
sed 's/^/  /' "$out/hj212-peer.log" | sed 's/^  #/#/'
curl -s "$url/metrics" >"$out/hj212-metrics" || true
name="counters are told"
ok grep -q '^luoshu_hj212_total{what="data"} [1-9]' "$out/hj212-metrics"
kill "$pid"
wait "$pid" || true
"$(dirname "$luoshu")/field-dump" "$dir" | sed 1d | LC_ALL=C sort >"$out/hj212-stored.csv"
LC_ALL=C sort "$out/hj212-answered.csv" >"$out/hj212-want.csv"
name="$(wc -l <"$out/hj212-want.csv") answered readings are stored, each once, as sent"
ok test -z "$(LC_ALL=C comm -23 "$out/hj212-want.csv" "$out/hj212-stored.csv" | head -n 3)" -a -z "$(LC_ALL=C uniq -d "$out/hj212-stored.csv" | head -n 3)" -a -s "$out/hj212-want.csv"
name="nothing is stored that was not sent"
ok test -z "$(LC_ALL=C sort "$out/hj212-sent.csv" | LC_ALL=C comm -13 - "$out/hj212-stored.csv" | head -n 3)"
echo "1..$n"
exit $good
