#!/bin/sh
# kill.sh LUOSHU OUT [KILLS [POINTS [RATE [PROTOCOL]]]] - a server under the fleet's load is killed
# with -9 at random moments, KILLS times, and started again at the same address; the fleet goes on.
# PROTOCOL: influx, hj212, or sparkplug (QoS 1 through mosquitto, which is restarted too after every
# third kill). Afterwards
# every enterprise's readings, their sum and the newest values are the fleet's own to the last
# digit, and live values and windows are those of the readings. TAP on stdout. LUOSHU_SEED=N repeats
# the fleet; the moments are of the machine.
set -eu
luoshu=$1 out=$2 kills=${3:-3} points=${4:-2000} rate=${5:-20000} protocol=${6:-influx}
PATH=$PATH:/usr/sbin
ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
export ASAN_OPTIONS
dir=$out/kill-$protocol
mkdir -p "$out"
out=$out/kill-$protocol
seed=${LUOSHU_SEED:-$(date +%s)}
if [ "$protocol" = sparkplug ] && ! command -v mosquitto >/dev/null; then
    echo "1..0 # SKIP mosquitto is not installed"
    exit 0
fi
echo "# kill: $protocol, LUOSHU_SEED=$seed, $kills kills, $points points, $rate readings/s"
rm -rf "$dir"
LUOSHU_TOKEN=$("$luoshu" init "$dir" 2>/dev/null)
export LUOSHU_TOKEN
server= fleet= broker= hj=127.0.0.1:0 tests=0 failed=0
trap 'for p in $fleet $server $broker; do kill -9 "$p" 2>/dev/null || true; done; wait 2>/dev/null || true' EXIT

ok() { # GOOD NAME
    tests=$((tests + 1))
    if [ "$1" = 0 ]; then echo "ok $tests - $2"; else echo "not ok $tests - $2"; failed=1; fi
}

# The broker, at the port it was given; its store outlives it.
broker_start() {
    mosquitto -c "$out-broker/conf" >>"$out-broker/log" 2>&1 &
    broker=$!
}
broker_stop() {
    kill -TERM "$broker"
    wait "$broker" 2>/dev/null || true
    broker=
}
case $protocol in
influx) set -- ;;
hj212)
    "$luoshu" fleet hj212://x --seed "$seed" --points "$points" --connections 3 --provision "$out-csv"
    set -- --hj212-stations "$out-csv/stations.csv"
    ;;
sparkplug)
    rm -rf "$out-broker"
    mkdir -p "$out-broker"
    mqtt=127.0.0.1:$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
    { echo "listener ${mqtt#*:} 127.0.0.1"; echo allow_anonymous true; echo persistence true
      echo "persistence_location $out-broker/"; echo max_queued_messages 0
      [ "$(id -u)" != 0 ] || echo user root; } >"$out-broker/conf"
    broker_start
    sleep 0.5
    set -- --mqtt "mqtt://$mqtt"
    ;;
*)
    echo "kill.sh: no protocol '$protocol' (influx, hj212, sparkplug)" >&2
    exit 2
    ;;
esac

# serve PORT - starts it and waits until it listens; port 0 takes a free one
serve() {
    port=$1
    shift
    [ "$protocol" != hj212 ] || set -- --hj212 "$hj" "$@"
    "$luoshu" serve "$dir" --listen "127.0.0.1:$port" "$@" >"$out-serve.out" 2>>"$out-serve.err" &
    server=$!
    url=
    for _ in $(seq 1 600); do
        url=$(sed -n 's|^luoshu: listening on \(http[^ ]*\).*|\1|p' "$out-serve.out")
        [ -n "$url" ] && return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    echo "# the server did not start: $(tail -n 3 "$out-serve.err")"
    return 1
}

: >"$out-serve.err"
serve 0 "$@"
port=${url##*:} port=${port%/} base=$url
case $protocol in
hj212)
    hj=$(sed -n 's/^luoshu: HJ 212 on //p' "$out-serve.out")
    url=hj212://$hj
    ;;
sparkplug)
    url=mqtt://$mqtt
    for _ in $(seq 1 100); do # subscribed: what is sent from now on waits for the server
        grep -q mqtt.connected "$out-serve.err" && break
        sleep 0.1
    done
    ;;
esac
# deaths are marked at the server's clock: simulated time is ahead of it, so that data are not late
from=2025-01-01
[ "$protocol" != sparkplug ] || from=$(date -d tomorrow +%F)
"$luoshu" fleet "$url" --qos 1 --from "$from" --seed "$seed" --points "$points" --rate "$rate" --connections 3 --batch 500 \
    --give-up 120 --enterprises >"$out-fleet.csv" 2>"$out-fleet.err" &
fleet=$!
started=0
for k in $(seq 1 "$kills"); do
    sleep "$(awk -v r="$(od -An -N2 -tu2 /dev/urandom)" 'BEGIN { printf "%.3f", 0.2 + r / 65536 * 1.8 }')"
    kill -9 "$server"
    wait "$server" 2>/dev/null || true
    if [ "$protocol" = sparkplug ] && [ $((k % 3)) = 2 ]; then
        broker_stop
        sleep 0.3
        broker_start
    fi
    serve "$port" "$@" || { started=1; break; }
done
ok $started "the server starts again after each of $kills kills"
sleep 1
kill -TERM "$fleet"
rc=0
wait "$fleet" || rc=$?
fleet=
ok $rc "the fleet ends with everything acknowledged"
echo "# $(tail -n 1 "$out-fleet.err")"
# the broker gives all it holds: until what is stored stands still for ten seconds
stored() { curl -s "$base/metrics" | awk '/^luoshu_mqtt_/ && !/connect|turn|second/ { n += $NF } END { printf "%d\n", n }'; }
if [ "$protocol" = sparkplug ]; then
    before= still=0
    for _ in $(seq 1 240); do
        now=$(stored)
        if [ "$now" = "$before" ]; then still=$((still + 1)); else still=0 before=$now; fi
        [ "$still" -ge 10 ] && break
        sleep 1
    done
fi
again=$(sed -n 's/.*; \([0-9]*\) times sent again.*/\1/p' "$out-fleet.err")
[ "${again:-0}" -gt 0 ] && rc=0 || rc=1
# a broker stands between: only its own restarts cut the fleet off
[ "$protocol" = sparkplug ] && [ "$kills" -lt 2 ] || ok $rc "batches were cut off and sent again"
kill -TERM "$server"
wait "$server" || true
server=
rc=0
"$luoshu" check "$dir" >"$out-check.out" 2>&1 || { rc=1; tail -n 5 "$out-check.out" | sed 's/^/# /'; }
ok $rc "luoshu check agrees"
rc=0
"$(dirname "$luoshu")/field-dump" "$dir" sums 2>"$out-dump.err" | LC_ALL=C sort >"$out-stored.csv" || rc=$?
[ ! -s "$out-dump.err" ] || { rc=1; sed 's/^/# /' "$out-dump.err" | head -n 8; }
ok $rc "live values and windows are those of the readings"
# member, field, readings, sum, last, without zeros behind the point
awk -F, '$1 == "enterprise" && $7 > 0 {
    for (i = 8; i <= 9; i++) if ($i ~ /\./) { sub(/0+$/, "", $i); sub(/\.$/, "", $i) }
    print $2 "," $4 "," $7 "," $8 "," $9 }' "$out-fleet.csv" | LC_ALL=C sort >"$out-sent.csv"
rc=0
cmp -s "$out-sent.csv" "$out-stored.csv" && [ -s "$out-sent.csv" ] || rc=1
[ $rc = 0 ] || diff "$out-sent.csv" "$out-stored.csv" | head -n 8 | sed 's/^/# /'
ok $rc "$(awk -F, '{ n += $3 } END { print n + 0 }' "$out-stored.csv") readings of $(wc -l <"$out-stored.csv") rows: count, sum and newest as the fleet's own"
echo "1..$tests"
exit $failed
