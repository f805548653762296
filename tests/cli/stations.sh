# HJ 212 and Modbus beside the server: what is refused before it starts, and one station's message from outside.
workspace stations
luoshu serve stations --listen 127.0.0.1:0 --hj212 0.0.0.0:0
ok "HJ 212 for all needs --public" status 2
ok "and the message says why" err_has "HJ 212 is plain text"
luoshu serve stations --listen 127.0.0.1:0 --hj212-stations x.csv
ok "a list of stations alone is refused" err_has "need --hj212"
printf 'mn,pw\nA/1,1\n' >stations.csv
luoshu serve stations --listen 127.0.0.1:0 --hj212 127.0.0.1:0 --hj212-stations stations.csv
ok "a bad list is refused" status 2
ok "with file, line and reason" err_has "stations.csv: mn 'A/1' is not 1 to 40 letters and digits"
luoshu serve stations --listen 127.0.0.1:0 --hj212 127.0.0.1:0 --hj212-stations none.csv
ok "a list that is not there is exit 3" status 3
printf 'connection,host,point,address\nc,h,p,20001\n' >modbus.csv
luoshu serve stations --listen 127.0.0.1:0 --modbus modbus.csv
ok "a bad table of registers is refused" status 2
ok "with its reason" err_has "modbus.csv: address '20001' needs a space"

# one listed station by bash's own TCP; a frame of HJ 212-2017 with its sum as in Appendix C
printf 'mn,pw,limits\n010000A8900016F000169DC0,123456,\n' >stations.csv
start_server stations --hj212 127.0.0.1:0 --hj212-stations stations.csv
port=$(sed -n 's|^luoshu: HJ 212 on 127.0.0.1:||p' server.out)
frame='##0128QN=20160801085857223;ST=32;CN=2021;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20160801085857;SB1-RS=1;SB2-RS=0&&F141'
answer='##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&3240'
bash -c "exec 3<>/dev/tcp/127.0.0.1/$port; printf '%s\r\n' '$frame' >&3; IFS= read -r -t 20 line <&3; printf '%s\n' \"\$line\"" | tr -d '\r' >out
ok "a message is answered" line_is 1 "$answer"
http "$url/metrics"
ok "and counted" out_has 'luoshu_hj212_total{what="data"} 1'
stop_server
ok "the server ends well" status 0
