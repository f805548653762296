# Readings of a point as people ask for them: corrected ones with every value they had, beside the current ones.
workspace pt
cat >profiles.csv <<'CSV'
profile,indicator,unit,kernel,decimals,every_s
load,load (story),kW,gauge,1,60
CSV
cat >regions.csv <<'CSV'
name,type,parent,aliases,note
Plant,enterprise,,,
CSV
cat >points.csv <<'CSV'
series,field,entity,profile,device
m,kw,Plant,load,meter
CSV
luoshu import pt regions.csv profiles.csv points.csv
ok "a point is known" status 0
start_server pt
send() { http -H "Authorization: Token $token" -d "$1" "$url/write?db=p&precision=s"; }
send 'm kw=1 1700000000'
send 'm kw=2 1700000060'
send 'm kw=3 1700000000'
ok "a reading is corrected" head_has "revised=1;"
ask="$url/api/v1/readings?point=1&from=1699999000000&to=1700001000000"
http "$ask"
ok "the current ones" out_has '"total":2,"readings":[{"time":"2023-11-15T06:13:20+08:00","ms":1700000000000,"value":"3.0"'
http "$ask&corrected=1"
ok "the corrected one, with what it was" out_has '"total":2,"readings":[{"time":"2023-11-15T06:13:20+08:00","ms":1700000000000,"value":"1.0","state":"value"},{"time":"2023-11-15T06:13:20+08:00","ms":1700000000000,"value":"3.0","state":"value"}]'
ok "and not the others" sh -c '! grep -q 1700000060000 out'
http "$url/api/v1/readings?point=1&corrected=1&from=1700000060000&to=1700001000000"
ok "none in a time without" out_has '"total":0,"readings":[]'
stop_server
