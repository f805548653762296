#!/bin/sh
# run.sh LUOSHU OUT - servers of modbus-serial and jsmodbus are polled, over TCP and as RTU over TCP; what is stored is held
# against what they hold; one of them goes away. TAP on stdout.
set -eu
luoshu=$1 out=$2
here=$(cd "$(dirname "$0")" && pwd)
ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
export ASAN_OPTIONS
[ -d "$here/node_modules" ] || { echo "1..0 # SKIP the servers are not installed: npm ci --ignore-scripts in tests/field/modbus"; exit 0; }
dir=$out/modbus-workspace
rm -rf "$dir" "$out/modbus-in" "$out/modbus-serve.log" "$out/modbus-peers.log"
: >"$out/modbus-serve.log"
: >"$out/modbus-peers.log"
mkfifo "$out/modbus-in"
node "$here/peers.mjs" <"$out/modbus-in" >"$out/modbus-peers.log" 2>&1 &
peers=$!
exec 9>"$out/modbus-in"
pid=
trap 'exec 9>&-; kill $pid $peers 2>/dev/null || true' EXIT
for _ in $(seq 1 100); do grep -q ready "$out/modbus-peers.log" && break; sleep 0.1; done
port() { sed -n "s/^$1 //p" "$out/modbus-peers.log"; }

table=$out/modbus.csv
echo 'connection,host,mode,unit,point,space,address,type,order,scale,offset,none,every' >"$table"
for c in serial js rtu; do
    mode=tcp
    [ $c = rtu ] && mode=rtu
    cat >>"$table" <<LIST
$c,127.0.0.1:$(port $c),$mode,1,u16,,40001,u16,,,,,0.5
$c,,,1,f32,holding,1,f32,ABCD,,,,0.5
$c,,,1,f32-words,,40004,f32,CDAB,,,,0.5
$c,,,1,f64,,400006,f64,,,,,0.5
$c,,,1,s16,holding,0x9,s16,,0.1,-40,,0.5
$c,,,1,u32,holding,10,u32,DCBA,,,,0.5
$c,,,1,none,holding,12,u16,,,,65535,0.5
$c,,,1,bit,holding,0.5,bit,,,,,0.5
$c,,,1,coil,coil,2,,,,,,0.5
$c,,,1,discrete,discrete,1,,,,,,0.5
LIST
    for i in $(seq 0 299); do echo "$c,,,1,r$i,holding,$((200 + i)),u16,,,,,1"; done >>"$table"
done
cat >"$out/modbus-points" <<LIST
u16 4660
f32 123.45
f32-words 123.45
f64 -0.1
s16 -52.3
u32 305419896
none absent
bit 1
discrete 1
LIST
for i in 0 124 125 299; do echo "r$i $((1000 + i))"; done >>"$out/modbus-points"

"$luoshu" init "$dir" >/dev/null 2>&1
"$luoshu" serve "$dir" --listen 127.0.0.1:0 --modbus "$table" >"$out/modbus-serve.log" 2>"$out/modbus-serve.err" &
pid=$!
for _ in $(seq 1 200); do grep -q 'listening on' "$out/modbus-serve.log" && break; sleep 0.1; done
url=$(sed -n 's|^luoshu: listening on \(http[^ ]*\)/$|\1|p' "$out/modbus-serve.log")
sleep 4
echo largest >&9
echo drop >&9
sleep 2
curl -s "$url/metrics" >"$out/modbus-metrics" || true
good=0 n=0
ok() {
    n=$((n + 1))
    if "$@"; then echo "ok $n - $name"; else echo "not ok $n - $name"; good=1; fi
}
name="connections that are there are up"
ok grep -q '^luoshu_modbus_up{connection="serial"} 1' "$out/modbus-metrics"
name="one that went away is down"
ok grep -q '^luoshu_modbus_up{connection="js"} 0' "$out/modbus-metrics"
name="no answer was broken"
ok grep -q '^luoshu_modbus_total{connection="rtu",what="broken"} 0' "$out/modbus-metrics"
name="no request above 125 registers, and full ones"
ok grep -qx 'largest 125' "$out/modbus-peers.log"
kill "$pid"
wait "$pid" || true
"$(dirname "$luoshu")/field-dump" "$dir" | sed 1d >"$out/modbus-stored.csv"
for c in serial js rtu; do
    while read -r point value; do
        rows=$(grep -cF "modbus/$c,$point," "$out/modbus-stored.csv" || true)
        others=$(grep -F "modbus/$c,$point," "$out/modbus-stored.csv" | cut -d, -f4 | grep -vx -e "$value" -e absent | sort | uniq -c | head -n 2)
        least=3
        [ "$value" = absent ] && least=1
        name="$c: $point is $value ($rows readings)"
        ok test "$rows" -ge $least -a -z "$others"
    done <"$out/modbus-points"
done
name="what went away is absent, said once"
ok test "$(grep -cE '^modbus/js,r7,[0-9]+,absent$' "$out/modbus-stored.csv")" = 1
name="and only that"
ok test "$(grep -cE '^modbus/serial,r7,[0-9]+,absent$' "$out/modbus-stored.csv")" = 0
echo "1..$n"
exit $good
