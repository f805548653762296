# Line protocol over HTTP: what InfluxDB's clients send, and what they are answered.
workspace wr
"$LUOSHU" token wr add reader --right read >reader 2>/dev/null
reader=$(cat reader)
"$LUOSHU" token wr add device --right write >device 2>/dev/null
device=$(cat device)
DUMP=$(dirname "$LUOSHU")/field-dump
start_server wr --body-limit 1
v1="$url/write?db=plant" v2="$url/api/v2/write?org=o&bucket=plant"

http "$url/ping"
ok "ping is 204" status 204
ok "with a version" head_has "X-Influxdb-Version: 1.8-luoshu-"
http -I "$url/ping"
ok "HEAD too" status 204
http -X POST "$url/ping"
ok "another method is 405" head_has "Allow: GET, HEAD"

http -d 'm v=1' "$v1"
ok "1.x without a token is 401" status 401
ok "in the form of 1.x" out_has '{"error":"authorization failed'
ok "asking for Basic" head_has 'WWW-Authenticate: Basic'
http -d 'm v=1' "$v2"
ok "2.x without a token is 401" out_has '{"code":"unauthorized","message":'
http -H "Authorization: Token luoshu_wrong" -d 'm v=1' "$v2"
ok "a wrong token is 401" status 401
http -H "Authorization: Token $reader" -d 'm v=1' "$v2"
ok "a reader may not write: 403" status 403
http -H "Authorization: Bearer $device" -d 'auth v=1 1700000000000000000' "$v2"
ok "Bearer" status 204
http -u "any:$device" -d 'auth v=1 1700000000000000000' "$v1"
ok "Basic, the token as password" status 204
http -d 'auth v=1 1700000000000000000' "$v1&u=any&p=$device"
ok "u and p" status 204
ok "204 is empty" empty out
ok "and the same again is the same" head_has "stored=0; same=1;"

set -- -H "Authorization: Token $device"
http "$@" -d 'm v=1' "$url/write"
ok "1.x wants db" out_has '{"error":"database is required'
http "$@" -d 'm v=1' "$url/write?db=plant&precision=x"
ok "an unknown precision is 400" status 400
ok "and told" out_has "precision 'x' is unknown"
http "$@" -d 'm v=1' "$v2&precision=m"
ok "minutes are of 1.x alone" out_has "it is ns, us, ms or s"
http "$@" -d 'm v=1' "$url/api/v2/write?org=o"
ok "2.x wants a bucket" out_has '{"code":"invalid","message":"bucket is required'
http "$@" "$v1"
ok "GET is 405" status 405
ok "with Allow" head_has "Allow: POST"
http "$@" --data-binary '' "$v1"
ok "nothing is well" status 204

printf 'good v=1.50 1700000000\nbad v=+1 1700000000\nbad,t=1,t=2 v=1\ngood v=2.25 1700000060\n' >lines
http "$@" --data-binary @lines "$v1&precision=s&rp="
ok "1.x: bad lines among good ones are 400" status 400
ok "a partial write" out_has 'partial write: 2 of 4 lines and 0 values refused; line 2, column 7:'
ok "with every line" out_has '{"line":3,"column":9,"text":"this tag stands twice'
ok "the good ones are stored" head_has "stored=2; same=0;"
http "$@" --data-binary @lines "$v2&precision=s"
ok "2.x: 422" status 422
ok "in the form of 2.x" out_has '{"code":"unprocessable entity","message":"partial write:'
ok "naming the line" out_has '"line":2,"refused":['
http "$@" -d 'bad' "$v2"
ok "nothing but bad lines is 400" status 400
http "$@" --data-binary "$(printf 'm s="on",v=1 1\nm v=1e30 1700000000\nm v=7 99999999999\nm v=8 1700000000')" "$v2&precision=s"
ok "texts, and what does not fit" out_has '"text":"field '"'s' is text"
ok "a value too large" out_has "1e30 does not fit"
ok "a time far ahead" out_has '{"line":3,"column":3,"text":"field '"'v'"': its time ('
ok "are counted each" head_has "texts=1; unfit=2; stored=2;"

printf 'zipped,b=2,a=1 v=3.125 1700000000123\n' | gzip >lines.gz
http "$@" -H 'Content-Encoding: gzip' --data-binary @lines.gz "$v2&precision=ms"
ok "gzip" status 204
http "$@" -H 'Content-Encoding: gzip' --data-binary @lines "$v1"
ok "what is not gzip is 400" out_has "the gzip body is broken"
head -c 3000000 /dev/zero | gzip >bomb.gz
http "$@" -H 'Content-Encoding: gzip' --data-binary @bomb.gz "$v1"
ok "a bomb is 413" status 413
http "$@" -H 'Content-Encoding: br' --data-binary @lines "$v1"
ok "another packing is 415" status 415
head -c 1100000 /dev/zero >big
http "$@" --data-binary @big "$v2"
ok "too long is 413" out_has '{"code":"request too large"'
http "$@" --data-binary "$(printf 'fine v=1 1700000000000000001\nfine v=2 1700000000000000002')" "$v2"
ok "times that differ below the millisecond" head_has "stored=2; same=0; revised=1;"
ok "are told" head_has "collided=1"
http "$url/metrics"
ok "metrics by status" out_has 'luoshu_requests_total{op="influx.write2",status="422"} 2'
ok "and of lines" out_has 'luoshu_influx_collided_total 1'
stop_server
"$DUMP" wr >dump 2>dump.err
rc=$?
ok "what was answered is there" grep -qx 'good,v,1700000060000,2.25' dump
ok "exactly" grep -qx '"zipped,a=1,b=2",v,1700000000123,3.125' dump
ok "and what was refused is not" is "$(grep -c '^bad' dump)" 0
ok "of two on one millisecond the later counts" grep -qx 'fine,v,1700000000000,2' dump
luoshu setting wr buckets 'plant, mine'
start_server wr
http "$@" -d 'm v=1' "$url/api/v2/write?org=o&bucket=mine"
ok "a name that is allowed" status 204
http "$@" -d 'm v=1' "$url/api/v2/write?org=o&bucket=other"
ok "a bucket that is not: 404" out_has '{"code":"not found"'
http "$@" -d 'm v=1' "$url/write?db=other"
ok "a database that is not" out_has '{"error":"database not found'
stop_server
