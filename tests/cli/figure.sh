# A figure, its parts, its sources, and what was known when.
workspace fig docs.csv regions.csv indicators.csv facts.csv revised.csv
luoshu figure fig 测试产值 --of 云州市 --kind level --period 2023
ok "a figure is found" status 0
ok "as CSV to a pipe" line_is 1 "role,entity,indicator,kind,comparison,modality,period,value,value_hi,unit,qualifier,low,high,published,revisions,have,of,reason,formula"
ok "the newest value counts" out_has "own,云州市,测试产值,level,,actual,2023,102,,亿元,eq,101.5,102.5,2025-02-20,2,"
luoshu figure fig 测试产值 --of 云州市 --kind level --as-of 2024
ok "as known in 2024" out_has "2023,100,,亿元,eq,99.5,100.5,2024-02-20,1,"
luoshu figure fig 测试产值 --of 云州市 --as-of 2024-02-19
ok "nothing was known the day before" status 1
luoshu figure fig 测试总产值 --of 云州 --by district --period 2023 --as-of 2024
ok "by alias, with parts" lines 7
ok "the whole comes first" sh -c 'sed -n 2p out | grep -q ^whole,云州市'
ok "parts in order of value" sh -c 'sed -n 3p out | grep -q ^part,东岭区'
ok "the remainder is exact" grep -q '^remainder,,测试产值,level,,actual,2023,0,' out
luoshu figure fig '测试利润 / 测试产值' --of 云州市 --period 2023
ok "an expression is computed" grep -q '^derived,云州市' out
luoshu figure fig 测试利润 --of 云州市 --explain
ok "with --explain its place" out_has "yunzhou-2024.txt,60,65,5.50亿元,facts.csv,7"
luoshu figure fig 测试产值 --of 云州市 --format json --explain
ok "JSON carries decimals as text" out_has '"value":"102"'
luoshu figure fig 测试产值 --of 云州市 --format table --kind level
ok "a table has no commas" sh -c '! grep -q , out'

luoshu figure fig 测试产值 --period 1999
ok "nothing found is exit 1" status 1
ok "the head is there all the same" lines 1
ok "and a word on stderr" err_has "no figure of '测试产值'"
luoshu figure fig 没有的指标
ok "an unknown indicator is exit 2" status 2
ok "and named" err_has "没有的指标"
luoshu figure fig 测试产值 --period soon
ok "a bad period is exit 2" status 2
luoshu figure fig 测试产值 --as-of never
ok "a bad day is exit 2" status 2
luoshu fact fig 1
ok "a fact by number" out_has "yunzhou-2024.txt,10,15,100亿元,facts.csv,2"
ok "with its revision" out_has "yunzhou-2025.txt,10,15,102亿元,revised.csv,2"
luoshu fact fig 999
ok "an unknown fact is exit 2" status 2
luoshu source fig yunzhou-2024.txt
ok "all a source says" lines 7
luoshu source fig yunzhou-2042.txt
ok "an unknown source has a neighbour" err_has "is it yunzhou-202"
luoshu region fig 云州市
ok "a region shows its figures" out_has "测试利润"
luoshu region fig
ok "without a region of its own it must be named" status 2
luoshu entities fig --within 云州市
ok "members of an entity" lines 4
luoshu entities fig --limit 2
ok "a cut list says so" err_has "go on with --offset 2"
luoshu indicators fig --of 云州市
ok "indicators of an entity" lines 3
luoshu sources fig
ok "sources" out_has "yunzhou-2025.txt"
luoshu batches fig
ok "imports" out_has ",cli,"
