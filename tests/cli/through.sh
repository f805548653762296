# While a server holds the workspace, commands are answered by it, to the same bytes.
workspace thr docs.csv regions.csv indicators.csv facts.csv
for form in csv json table; do
    for line in "figure thr 测试产值 --explain" "check thr" "entities thr --limit 3" "sources thr" \
        "region thr 云州市" "fact thr 1" "indicators thr --q 测试" "batches thr"; do
        luoshu $line --format $form
        mkdir -p before
        cat out err >"before/$form-$(echo "$line" | cksum | cut -d' ' -f1)"
    done
done
start_server thr
for form in csv json table; do
    for line in "figure thr 测试产值 --explain" "check thr" "entities thr --limit 3" "sources thr" \
        "region thr 云州市" "fact thr 1" "indicators thr --q 测试" "batches thr"; do
        luoshu $line --format $form
        cat out err >through
        ok "same bytes: $line --format $form" same through "before/$form-$(echo "$line" | cksum | cut -d' ' -f1)"
    done
done
luoshu figure thr 测试产值 --period 1999
ok "nothing found is exit 1 here too" status 1
ok "with its word" err_has "no figure of '测试产值'"
luoshu figure thr 没有的指标
ok "an error keeps its exit status" status 2
luoshu import thr "$fixtures/contradiction.csv"
ok "an import needs a token" status 2
ok "and says where to put it" err_has "LUOSHU_TOKEN"
LUOSHU_TOKEN=$token
export LUOSHU_TOKEN
luoshu import thr "$fixtures/bad.csv"
ok "bad rows are refused" status 2
ok "and named" err_has "bad.csv:3:48: "
luoshu import thr "$fixtures/revised.csv" "$fixtures/contradiction.csv"
ok "two files go as one batch" status 0
ok "with a line each and a total" lines 4
luoshu check thr --verdict contradicts
ok "differences are exit 1" status 1
unset LUOSHU_TOKEN
luoshu token thr add late --right read
ok "what needs the workspace alone says so" err_has "running server"
kill -KILL "$server"
wait "$server" 2>/dev/null
server=
luoshu meta thr
ok "a server that was killed does not stand in the way" status 0
luoshu figure thr 测试产值 --of 云州市 --kind level
ok "and lost nothing it acknowledged" out_has ",102,"
