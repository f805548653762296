# Bulletins read into figures, into a workspace, and held against one.
bulletins=$fixtures/../bulletins
luoshu read "$bulletins/yunzhou-year.txt"
ok "a bulletin is read" status 0
ok "in the columns of the facts layout" line_is 1 "id,doc,start,end,text,subject,indicator,kind,value,value_hi,unit,qualifier,period,comparison,modality,source_date,note"
ok "a growth with its span" out_has "yunzhou-year.txt,104,108,9.2%"
ok "what was inferred is told" err_has "inferred"
cp out once
luoshu read "$bulletins/yunzhou-year.txt"
ok "reading again gives the same" same once out
luoshu read "$bulletins/yunzhou-year.txt" --docs "$bulletins/docs.csv"
ok "what is known of the document is used" out_has "云州市"
"$LUOSHU" init read-ws >out 2>err
"$LUOSHU" import read-ws "$bulletins/regions.csv" >out 2>err
luoshu read --into read-ws "$bulletins/yunzhou-year.txt" --docs "$bulletins/docs.csv"
ok "into a workspace" status 0
ok "and says what was filed" err_has "filed:"
luoshu figure read-ws 规上工业增加值增速 --of 云州市 --explain
ok "the figure is there with its place" out_has "yunzhou-year.txt,104,108,9.2%"
luoshu read --into read-ws "$bulletins/yunzhou-year.txt" --docs "$bulletins/docs.csv"
ok "filing it again adds nothing" err_has "filed: 0 new"
luoshu read --check read-ws "$bulletins/yunzhou-year.txt" --docs "$bulletins/docs.csv"
ok "a draft that says the same agrees" status 0
ok "figure by figure" out_has ",agrees,"
sed 's/9\.2%/9.7%/' "$bulletins/yunzhou-year.txt" >yunzhou-year.txt
luoshu read --check read-ws yunzhou-year.txt --docs "$bulletins/docs.csv"
ok "a draft that differs ends with status 1" status 1
ok "and says by how much" out_has ",differs,9.2,0.5,"
: >empty.txt
luoshu read empty.txt
ok "an empty file has no figures" status 0
head -c 3000 /dev/urandom >binary.txt
luoshu read binary.txt
ok "a binary file is refused" status 2
luoshu read no-such.txt
ok "a missing file is named" err_has "no-such.txt"
