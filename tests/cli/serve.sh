# The server from outside: who may what, what is refused, and how it ends.
workspace srv docs.csv regions.csv indicators.csv facts.csv
"$LUOSHU" token srv add reader --right read >reader 2>/dev/null
reader=$(cat reader)
luoshu serve srv --listen 0.0.0.0:0
ok "an address for all needs --public" status 2
ok "and the message says why" err_has "plain HTTP"
luoshu serve srv --listen nonsense
ok "a bad address is exit 2" err_has "is not HOST:PORT"

start_server srv --body-limit 1
ok "it tells its address" test -n "$url"
ok "and leaves it in server.json" grep -q "\"address\":\"${url#http://}\"" srv/server.json
luoshu serve srv --listen 127.0.0.1:0
ok "a second server is refused" status 2

http "$url/healthz"
ok "healthz" line_is 1 ok
http "$url/api/v1/meta"
ok "meta" out_has '"right":"read"'
ok "security: content policy" head_has "Content-Security-Policy: default-src 'self'"
ok "security: no sniffing" head_has "X-Content-Type-Options: nosniff"
ok "security: no referrer" head_has "Referrer-Policy: no-referrer"
http "$url/api/v1/figure?indicator=%E6%B5%8B%E8%AF%95%E5%88%A9%E6%B6%A6"
ok "a figure" out_has '"value":"5.50"'
etag=$(tr -d '\r' <head | sed -n 's/^ETag: //p')
ok "its ETag: revision and sequence of readings, right, language, start" is "${etag%-*}" '"2.0-read-zh'
http -H "If-None-Match: $etag" "$url/api/v1/figure?indicator=%E6%B5%8B%E8%AF%95%E5%88%A9%E6%B6%A6"
ok "unchanged is 304" status 304
ok "without a body" empty out
http -H 'Accept-Language: en' -H "If-None-Match: $etag" "$url/api/v1/sources"
ok "another language is another text" status 200
http "$url/api/v1/sources?format=csv"
ok "CSV by parameter" line_is 1 "id,doc,title,publisher,published,facts,address"
http -H 'Accept: text/csv' "$url/api/v1/sources"
ok "CSV by Accept" head_has "Content-Type: text/csv"
http -I "$url/api/v1/meta"
ok "HEAD is answered" status 200
http "$url/api/v1/openapi.json"
ok "openapi.json" out_has '"openapi":"3.1.0"'

http "$url/api/v1/figure"
ok "a missing parameter is 400" status 400
ok "and named" out_has "parameter 'indicator' is missing"
http "$url/api/v1/figure?indicator=x&explian=1"
ok "an unknown parameter is 400" out_has "did you mean 'explain'"
http "$url/api/v1/figure?indicator=x"
ok "an unknown indicator is 404" status 404
http "$url/api/v1/figrue"
ok "an unknown path is 404 in JSON" out_has "did you mean '/api/v1/figure'"
http -X DELETE "$url/api/v1/figure"
ok "another method is 405" status 405
ok "with Allow" head_has "Allow: GET, HEAD"
http "$url/api/v1/import"
ok "GET of a write is 405" head_has "Allow: POST"
http -H 'Host: evil.example' "$url/api/v1/meta"
ok "a foreign Host is 403" status 403
http -H "Host: localhost:${url##*:}" "$url/api/v1/meta"
ok "localhost is ours" status 200

post="$url/api/v1/import?name=revised.csv&mode=whole"
http --data-binary @"$fixtures/revised.csv" "$post"
ok "a write without token is 401" status 401
ok "and says what to send" head_has "WWW-Authenticate: Bearer"
http -H "Authorization: Bearer $reader" --data-binary @"$fixtures/revised.csv" "$post"
ok "a reader may not write: 403" status 403
http -H "Authorization: Bearer luoshu_wrong" "$url/api/v1/meta"
ok "a wrong token is 401 even where reads are open" status 401
http -H 'X-Forwarded-For: 198.51.100.7' "$url/api/v1/sources"
ok "through a proxy reads are not open" status 401
http -H 'X-Forwarded-For: 198.51.100.7' -H "Authorization: Bearer $reader" "$url/api/v1/sources"
ok "but with a token they are" status 200
http -H 'X-Forwarded-For: 198.51.100.7' "$url/api/v1/meta"
ok "a stranger learns the version and no more" out_has '"facts":0'
head -c 1500000 /dev/zero >big
http -H "Authorization: Bearer $token" --data-binary @big "$post"
ok "a body above the limit is 413" status 413
ok "with the limit" out_has "1048576 bytes"
http -H "Authorization: Bearer $token" -H 'Transfer-Encoding: chunked' -H 'Expect:' --data-binary @big "$post"
ok "also when its length is not told" status 413

curl -sN --max-time 20 "$url/api/v1/live" >live 2>/dev/null &
live=$!
sleep 1
http -H "Authorization: Bearer $token" --data-binary @"$fixtures/bad.csv" "$url/api/v1/import?name=bad.csv&mode=whole"
ok "bad rows are 400" status 400
ok "with line and column" out_has '"line":3,"column":48'
http -H "Authorization: Bearer $token" --data-binary @"$fixtures/revised.csv" "$post"
ok "an import with a token" out_has '"stored":true'
sleep 1
kill $live 2>/dev/null
wait $live 2>/dev/null
ok "the live stream tells the revision" grep -q '{"revision":3}' live
ok "and told the one before" grep -q '{"revision":2}' live
http -H "If-None-Match: $etag" "$url/api/v1/figure?indicator=%E6%B5%8B%E8%AF%95%E5%88%A9%E6%B6%A6"
ok "after it the old ETag is stale" status 200
http "$url/api/v1/batches"
ok "the batch bears the token's name" out_has '"actor":"admin"'
http "$url/metrics"
ok "metrics count by operation and status" out_has 'luoshu_requests_total{op="import.post",status="401"} 1'
ok "metrics know the revision" out_has 'luoshu_revision 3'
http "$url/"
ok "the root is a page" head_has "Content-Type: text/html"
http "$url/no/such.js"
ok "a file that is not there is 404" status 404

curl -sN --max-time 30 "$url/api/v1/live" >live 2>/dev/null &
live=$!
sleep 0.5
stop_server
ok "SIGTERM ends it well, open streams or not" status 0
wait $live 2>/dev/null
ok "server.json is gone" gone srv/server.json
luoshu figure srv 测试产值 --of 云州市 --kind level
ok "what was imported is there" out_has ",102,"
