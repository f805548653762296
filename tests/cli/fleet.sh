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
