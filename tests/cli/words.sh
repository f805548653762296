# The page on words is run: its files are written, its commands print what it says.
page=$fixtures/../../docs/extract-words.md
mkdir -p own
awk '/^```text /{file=$2; next} /^```/{file=""} file{print > file}' "$page"
ok "the page has its note and two files of words" test -s note.txt -a -s own/units.csv -a -s own/words.csv
awk '/^```console/ {n++; on = 1; next} /^```/ {on = 0} on {print > ("console" n)}' "$page"
for n in 1 2; do
    awk '/^\$ luoshu/{print; exit}' "console$n" | sed 's/^\$ luoshu/"$LUOSHU"/' >"step$n.sh"
    sed 1d "console$n" >"want$n"
    LUOSHU=$LUOSHU sh "step$n.sh" >"got$n" 2>err
    ok "command $n prints what the page says" same "want$n" "got$n"
done
ok "the two answers differ" test "$(cat got1)" != "$(cat got2)"
"$LUOSHU" init words-ws >out 2>err
mkdir words-ws/words
cp own/*.csv words-ws/words/
luoshu read --check words-ws note.txt --date 2025-07-30 --subject 云州市
ok "words of a workspace are read with it" out_has "榜眼"
printf 'class,word,value\nverbs,x,\n' >own/words.csv
luoshu read --words own note.txt
ok "a wrong row is exit 2" status 2
ok "with its file, line and reason" err_has "own/words.csv: unknown class of words 'verbs' (line 2)"
printf 'class,word,value\n-verb,建成,\n' >own/words.csv
luoshu read --words own note.txt
ok "a word is taken out" status 0
luoshu read --words nowhere note.txt
ok "no words there is said" err_has "no words in 'nowhere'"
