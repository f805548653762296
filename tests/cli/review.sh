# A bulletin into a workspace: filed, queued, corrected, taught; here and through a server.
bulletins=$fixtures/../bulletins
export LANG=C.UTF-8
printf '云州市统计公报\n\n2024年，云州市规模以上工业增加值增长9.2%%，规上工业利润总额308.7亿元。\n新增神仙企业77家。\n' >year.txt
printf '2024年，云州市规模以上工业增加值增长7.7%%。\n' >other.txt
"$LUOSHU" init rev >token.rev 2>err
"$LUOSHU" import rev "$bulletins/regions.csv" >out 2>err

luoshu read --into rev year.txt --date 2025-01-20 --subject 云州市 --address http://example.org/year
ok "a bulletin is read into a workspace" status 0
ok "and says what was filed and what waits" err_has "year.txt (document 1, 2025-01-20): 2 filed, 0 merged, 1 queued"
luoshu original rev 1
ok "the original is kept byte for byte" same out year.txt
luoshu documents rev
ok "with its SHA-256" out_has "$(sha256sum year.txt | cut -d' ' -f1)"
ok "and the length of its queue" out_has "云州市,2,1,0,0,"
luoshu sources rev
ok "the document is the source, with its address" out_has "http://example.org/year"
luoshu read --into rev year.txt --date 2025-01-20
ok "again: nothing is changed" err_has "nothing is changed"
luoshu read --into rev other.txt --date 2025-01-20
ok "a contradiction is told" err_has "# contradicts:"
ok "with both sides" out_has "contradicts,云州市,规上工业增加值增速,growth,yoy,2024,7.7,%"
ok "and both documents" grep -q 'other.txt.*year.txt' out
mkdir clash
printf '2024年，云州市产值5亿元。\n' >clash/year.txt
luoshu read --into rev clash/year.txt --date 2025
ok "another text of the same name is refused" err_has "another text was read as 'year.txt'"

luoshu document rev 1 --format csv
claim=$(grep ',queued,' out | cut -d, -f1)
fact=$(grep '308.7亿元' out | cut -d, -f18)
filed=$(grep '308.7亿元' out | cut -d, -f1)
ok "the queue has its reason" out_has "indicator-unknown"
luoshu accept rev 4711
ok "no such claim" err_has "no claim 4711"
luoshu correct rev "$filed" --value 318.7 --note typo
ok "a claim is corrected" out_has ",318.7,"
luoshu figure rev 规上工业利润 --of 云州市 --explain --format json
ok "and the figure with it, with who and why" out_has "correct: cli: typo"
luoshu correct rev "$filed" --unit 人
ok "a unit that does not fit is refused" err_has "does not convert"
luoshu reject rev "$filed" --version 1
ok "a claim that has moved on is not overwritten" err_has "changed meanwhile"
luoshu reject rev "$filed"
luoshu figure rev 规上工业利润 --of 云州市
ok "what is rejected is no figure any more" status 1
luoshu fact rev "$fact"
ok "but is still there to be asked" out_has "308.7"
luoshu merge rev "$filed" --fact "$fact"
ok "a withdrawn fact takes no places" err_has "no fact $fact that is still said"
luoshu teach rev 新增神仙企业数 --indicator 新增规上工业企业数
ok "a name is taught, and what waited is filed" out_has "新增神仙企业数,新增规上工业企业数,1,1"
luoshu teach rev 新增神仙企业数 --indicator 没有的指标
ok "what it means must be known" status 2
printf '2023年，云州市新增神仙企业66家。\n' >next.txt
luoshu read --into rev next.txt --date 2024-01-20
ok "the next text needs no hand" err_has "1 filed, 0 merged, 0 queued"
luoshu check rev
ok "the ledger agrees with its totals" err_has "differences 0"

# what is no bulletin
: >empty.txt
printf '%%PDF-1.7\n' >a.pdf
head -c 200000 /dev/urandom >binary.txt
head -c 101 year.txt >cut.txt
yes '2024年，云州市产值5亿元。' | head -c 52428800 >big.txt
for bad in "empty.txt:the document is empty" "a.pdf:a PDF" "big.txt:the largest that is read"; do
    luoshu read --into rev "${bad%%:*}" --date 2025
    ok "refused: $bad" err_has "${bad#*:}"
done
luoshu read --into rev binary.txt --date 2025
ok "refused: random bytes" status 2
luoshu read --into rev cut.txt --date 2025-01-20
ok "a text cut within a character is refused" err_has "breaks off within its last character"
luoshu read --into rev a.pdf next.txt --date 2024-01-20
ok "of several files the good ones are read" err_has "next.txt (document"
ok "and the bad one is named" err_has "a.pdf: the document is a PDF"
luoshu documents rev --format json
cp out documents.json

# the same through a server
start_server rev
luoshu documents rev --format json
ok "the server lists the same documents" same out documents.json
luoshu read --into rev next.txt --date 2024-01-20
ok "reading needs a token" err_has "LUOSHU_TOKEN"
LUOSHU_TOKEN=$(cat token.rev)
export LUOSHU_TOKEN
printf '2022年，云州市新增神仙企业55家。新增天庭园区12个。\n' >third.txt
luoshu read --into rev third.txt --date 2023-01-20
ok "a document goes to the server that holds the workspace" err_has "1 filed, 0 merged, 1 queued"
luoshu documents rev
claim=$(grep ',third.txt,' out | cut -d, -f1)
luoshu document rev "$claim"
claim=$(grep ',queued,' out | cut -d, -f1)
luoshu accept rev "$claim" --note seen
ok "a decision as well, by the holder of the token" grep -q ',filed,.*,admin,' out
luoshu original rev 1
ok "the original through the server" same out year.txt
http -H "Authorization: Bearer $LUOSHU_TOKEN" "$url/api/v1/original?id=1"
ok "is no page" head_has "application/octet-stream"
http -X POST -H "Authorization: Bearer $LUOSHU_TOKEN" --data-binary @big.txt "$url/api/v1/read?name=big.txt&date=2025"
ok "a body without end is refused" is "$rc" 413
http -X POST --data-binary @next.txt "$url/api/v1/read?name=x.txt"
ok "writing over HTTP needs a token" is "$rc" 401
http -X POST -H "Authorization: Bearer $LUOSHU_TOKEN" "$url/api/v1/reject?claim=x"
ok "a wrong number is named" is "$rc" 400
stop_server
unset LUOSHU_TOKEN
