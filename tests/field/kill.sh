#!/bin/sh
# kill.sh LUOSHU OUT [KILLS [POINTS [RATE]]] - a server under the fleet's load is killed with -9 at
# random moments, KILLS times, and started again at the same address; the fleet goes on. Afterwards
# every enterprise's readings, their sum and the newest values are the fleet's own to the last
# digit, and live values and windows are those of the readings. TAP on stdout. LUOSHU_SEED=N repeats
# the fleet; the moments are of the machine.
set -eu
luoshu=$1 out=$2 kills=${3:-3} points=${4:-2000} rate=${5:-20000}
ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
export ASAN_OPTIONS
dir=$out/kill-workspace
seed=${LUOSHU_SEED:-$(date +%s)}
echo "# kill: LUOSHU_SEED=$seed, $kills kills, $points points, $rate readings/s"
rm -rf "$dir"
LUOSHU_TOKEN=$("$luoshu" init "$dir" 2>/dev/null)
export LUOSHU_TOKEN
server= fleet= tests=0 failed=0
trap 'for p in $fleet $server; do kill -9 "$p" 2>/dev/null || true; done; wait 2>/dev/null || true' EXIT

ok() { # GOOD NAME
    tests=$((tests + 1))
    if [ "$1" = 0 ]; then echo "ok $tests - $2"; else echo "not ok $tests - $2"; failed=1; fi
}

# serve PORT - starts it and waits until it listens; port 0 takes a free one
serve() {
    "$luoshu" serve "$dir" --listen "127.0.0.1:$1" >"$out/kill-serve.out" 2>>"$out/kill-serve.err" &
    server=$!
    url=
    for _ in $(seq 1 600); do
        url=$(sed -n 's|^luoshu: listening on \(http[^ ]*\).*|\1|p' "$out/kill-serve.out")
        [ -n "$url" ] && return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    echo "# the server did not start: $(tail -n 3 "$out/kill-serve.err")"
    return 1
}

: >"$out/kill-serve.err"
serve 0
port=${url##*:} port=${port%/}
"$luoshu" fleet "$url" --seed "$seed" --points "$points" --rate "$rate" --connections 3 --batch 500 \
    --give-up 120 --enterprises >"$out/kill-fleet.csv" 2>"$out/kill-fleet.err" &
fleet=$!
started=0
for _ in $(seq 1 "$kills"); do
    sleep "$(awk -v r="$(od -An -N2 -tu2 /dev/urandom)" 'BEGIN { printf "%.3f", 0.2 + r / 65536 * 1.8 }')"
    kill -9 "$server"
    wait "$server" 2>/dev/null || true
    serve "$port" || { started=1; break; }
done
ok $started "the server starts again after each of $kills kills"
sleep 1
kill -TERM "$fleet"
rc=0
wait "$fleet" || rc=$?
fleet=
ok $rc "the fleet ends with everything acknowledged"
echo "# $(tail -n 1 "$out/kill-fleet.err")"
again=$(sed -n 's/.*; \([0-9]*\) times sent again.*/\1/p' "$out/kill-fleet.err")
[ "${again:-0}" -gt 0 ] && rc=0 || rc=1
ok $rc "batches were cut off and sent again"
kill -TERM "$server"
wait "$server" || true
server=
rc=0
"$(dirname "$luoshu")/field-dump" "$dir" sums 2>"$out/kill-dump.err" | LC_ALL=C sort >"$out/kill-stored.csv" || rc=$?
[ ! -s "$out/kill-dump.err" ] || { rc=1; sed 's/^/# /' "$out/kill-dump.err" | head -n 8; }
ok $rc "live values and windows are those of the readings"
# member, field, readings, sum, last, without zeros behind the point
awk -F, '$1 == "enterprise" && $7 > 0 {
    for (i = 8; i <= 9; i++) if ($i ~ /\./) { sub(/0+$/, "", $i); sub(/\.$/, "", $i) }
    print $2 "," $4 "," $7 "," $8 "," $9 }' "$out/kill-fleet.csv" | LC_ALL=C sort >"$out/kill-sent.csv"
rc=0
cmp -s "$out/kill-sent.csv" "$out/kill-stored.csv" && [ -s "$out/kill-sent.csv" ] || rc=1
[ $rc = 0 ] || diff "$out/kill-sent.csv" "$out/kill-stored.csv" | head -n 8 | sed 's/^/# /'
ok $rc "$(awk -F, '{ n += $3 } END { print n + 0 }' "$out/kill-stored.csv") readings of $(wc -l <"$out/kill-stored.csv") rows: count, sum and newest as the fleet's own"
echo "1..$tests"
exit $failed
