# The fleet: provisioned, sent, and found again to the last digit in every direction.
luoshu fleet
ok "where to is asked for" err_has "where to?"
luoshu fleet --points 300 --provision fl-csv
ok "it tells what a workspace must know" status 0
ok "its points" is "$(wc -l <fl-csv/points.csv)" 301
"$LUOSHU" init fl --region 41 >out 2>err
token=$(cat out)
luoshu import fl fl-csv/regions.csv fl-csv/memberships.csv fl-csv/profiles.csv fl-csv/points.csv
ok "which is imported" status 0
start_server fl
luoshu fleet "$url" --points 300 --readings 30000
ok "without a token it is told so" err_has "the server answers 401"
LUOSHU_TOKEN=$token
export LUOSHU_TOKEN
luoshu fleet "$url" --points 300 --readings 30000 --batch 700 --connections 3
ok "30000 readings are sent" status 0
ok "and counted" err_has "times sent again"
cp out fl-totals.csv
unset LUOSHU_TOKEN
http "$url/metrics"
sent=$(awk -F, '$1 == "" { n += $7 } END { print n }' fl-totals.csv)
ok "as many as are stored" out_has "luoshu_influx_stored_total $sent"
# counter kWh of every county and sector as the server adds them up, against the fleet's own
for by in 行政区划 机群行业; do
    "$LUOSHU" figure fl '用电量(机群)' --of 机群省 --by $by --period 2025-01-01 --format csv 2>err >out
    awk -F, '($1 == "part" || $1 == "whole") && $8 != "" { print $2 "," $8 }' out | LC_ALL=C sort >fl-found
    awk -F, -v by=$by '$4 == "kwh" && ($1 == by || $1 == "") {
        sub(/0+$/, "", $10); sub(/\.$/, "", $10); print $2 "," $10 }' fl-totals.csv | LC_ALL=C sort >fl-own
    ok "kWh by $by: the fleet's own, part by part" same fl-found fl-own
    ok "and there are some" test "$(wc -l <fl-found)" -gt 5
done
stop_server
luoshu check fl
ok "ledger, totals and readings agree" status 0
# The same by HJ 212: stations with passwords, points as HJ 212 names them.
luoshu fleet gopher://127.0.0.1
ok "an address of no known kind is refused" err_has "http://, mqtt:// or hj212://"
luoshu fleet mqtt://127.0.0.1:1 --points 300 --qos 2
ok "QoS 2 is refused" err_has "QoS of data is 0 or 1"
luoshu fleet mqtt://127.0.0.1:1 --points 300 --readings 10 --give-up 1
ok "a broker that is not there is told" err_has "cannot reach 127.0.0.1:1"
luoshu fleet mqtt://127.0.0.1 --points 300 --provision fl-mqtt
ok "Sparkplug names nodes and devices" test "$(grep -c '^spBv1.0/fleet/N0[12]/E[0-9]*,[a-z]*/D' fl-mqtt/points.csv)" = 300
luoshu fleet hj212://127.0.0.1 --points 300 --provision fl-212
ok "HJ 212 has stations" test "$(wc -l <fl-212/stations.csv)" -gt 19
"$LUOSHU" init fl212 --region 41 >out 2>err
luoshu import fl212 fl-212/regions.csv fl-212/memberships.csv fl-212/profiles.csv fl-212/points.csv
ok "its points are imported" status 0
start_server fl212 --hj212 127.0.0.1:0 --hj212-stations fl-212/stations.csv
at=$(sed -n 's/^luoshu: HJ 212 on //p' server.out)
luoshu fleet "hj212://$at" --points 300 --readings 30000 --batch 700 --connections 3
ok "30000 readings are answered by 9014" status 0
cp out fl-totals.csv
stop_server
"$LUOSHU" figure fl212 '用电量(机群)' --of 机群省 --by 机群行业 --period 2025-01-01 --format csv 2>err >out
awk -F, '($1 == "part" || $1 == "whole") && $8 != "" { print $2 "," $8 }' out | LC_ALL=C sort >fl-found
awk -F, '$4 == "kwh" && ($1 == "机群行业" || $1 == "") {
    sub(/0+$/, "", $10); sub(/\.$/, "", $10); print $2 "," $10 }' fl-totals.csv | LC_ALL=C sort >fl-own
ok "kWh by HJ 212: the fleet's own, part by part" same fl-found fl-own
ok "and there are some too" test "$(wc -l <fl-found)" -gt 5
