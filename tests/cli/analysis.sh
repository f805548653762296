# Methods of analysis on the figures of a workspace, and on its datasets.
workspace ana sectors.csv
luoshu analyses ana
ok "what can be analysed is found" out_has "pairs,测试从业人员,全域,地区,行业,3,3,2,2020,2023"
luoshu analysis ana lq --indicator 测试从业人员 --scope 全域 --rows 地区 --columns 行业 --period 2020
ok "a location quotient from figures" status 0
ok "of an exact table" out_has "东域,钢铁,60,1.94"
ok "says how much is known" err_has "3 rows x 3 columns x 1 periods, 9 figures, 0 missing"
ok "and what the parts leave open" err_has "西域 (2020) (remainder 10 人)"
cp out first
luoshu analyze lq --workspace ana --indicator 测试从业人员 --scope 全域 --rows 地区 --columns 行业 --period 2020
ok "analyze --workspace answers the same" same out first
luoshu analysis ana lq --indicator 测试从业人员 --scope 全域 --rows 地区 --columns 行业 --period 2020 --inputs
ok "every input is named" lines 10
ok "with its figure" out_has "东域,钢铁,2020,60,人,钢铁,测试从业人员,"

luoshu analysis ana shiftshare --indicator 测试从业人员 --scope 全域 --rows 地区 --columns 行业 --options method=dunn
ok "shift-share over the periods there are" status 0
ok "a growth" out_has "东域,Dunn,Growth (t1-t),30"
ok "a column with a gap is left out and named" err_has "纺织 (column-incomplete 5/6)"
luoshu analyze shiftshare --workspace ana --indicator 测试从业人员 --scope 全域 --rows 地区 --columns 行业 --method dunn
ok "the method's own options by their names" out_has "Dunn"
ok "and only that method" sh -c '! grep -q Esteban out'
luoshu analysis ana lq --indicator 测试从业人员 --scope 全域 --rows 地区 --columns 行业 --without '北域;纺织' --period 2023
ok "what is not wanted is left out" err_has "北域 (asked"
ok "and the rest is computed" out_has "西域,食品,110"

luoshu analysis ana shiftshare --indicator 测试从业人员 --scope 全域 --rows 地区 --columns 行业 --period 2020
ok "too little is no failure but an answer 'no'" status 1
ok "that says what is wanted" err_has "at least 2 periods"
luoshu analysis ana stl --indicator 测试从业人员 --scope 全域
ok "a series too short" err_has "at least 4 periods of one kind"
luoshu analysis ana io-sectors
ok "a method that takes tables says so" err_has "dataset-put"
luoshu analysis ana lq --indicator 没有的 --scope 全域 --rows 地区
ok "an unknown indicator is exit 2" status 2
luoshu analysis ana lq --indicator 测试从业人员 --scope 全域 --rows 不存在
ok "an unknown grouping is exit 2" status 2
luoshu analysis ana lqq --indicator 测试从业人员
ok "an unknown method is exit 2" status 2
luoshu analysis ana lq --indicator 测试从业人员 --scope 全域 --rows 地区 --columns 行业 --period 2020 --options colour=red
ok "an unknown option is named" err_has "colour"

luoshu dataset-put ana 小表 "$fixtures/io.csv" --title 试验投入产出表 --note 万元
ok "a dataset is put" out_has "小表,1,8,9,yes"
luoshu dataset-put ana 小表 "$fixtures/io.csv"
ok "the same again adds nothing" out_has "小表,1,8,9,same"
luoshu datasets ana
ok "it is listed" out_has "小表,1,8,9,试验投入产出表"
luoshu dataset ana 小表
ok "and given back as it came" same out "$fixtures/io.csv"
luoshu analysis ana io-leontief --dataset 小表
ok "an official table is split by itself" out_has "农业,1."
ok "and the convention is told" err_has "imports are left out"
luoshu analyze io-table "$fixtures/io.csv" --part vectors
ok "the same on a file" out_has "农业,50,100,40,56"
luoshu analyze io-table "$fixtures/io.csv" --origin total
ok "with imports" out_has "制造业,23,84"
luoshu analysis ana io-leontief --dataset 没有
ok "an unknown dataset is exit 2" status 2
ok "with those there are" err_has "小表"
printf 'a,b\n1\n' >bad.csv
luoshu dataset-put ana 坏表 bad.csv
ok "what is no table is refused" status 2
luoshu dataset-put ana 'a;b' "$fixtures/io.csv"
ok "a name that can not be asked for is refused" status 2

luoshu analysis ana lq --indicator 测试从业人员 --scope 全域 --rows 地区 --columns 行业 --period 2020
cp out here
cp err here.err
start_server ana
luoshu analysis ana lq --indicator 测试从业人员 --scope 全域 --rows 地区 --columns 行业 --period 2020
ok "a running server answers the same bytes" same out here
ok "and the same notes" same err here.err
LUOSHU_TOKEN=$token
export LUOSHU_TOKEN
luoshu dataset-put ana 小表 "$fixtures/sectors.csv"
unset LUOSHU_TOKEN
ok "a dataset is revised through the server" out_has "小表,2,29,9,yes"
http "$url/api/v1/analysis?method=lq&indicator=测试从业人员&scope=全域&rows=地区&columns=行业&period=2020"
ok "JSON for pages" out_has '"ready":true'
ok "each input with its fact" sh -c 'grep -q "\"fact\":[0-9]" out'
http "$url/api/v1/methods"
ok "the methods with their papers" out_has '"paper":"Florence 1948'
http -X POST --data-binary @"$fixtures/io.csv" "$url/api/v1/dataset/put?dataset=x&name=io.csv"
ok "who may only read can not put" status 401
stop_server
luoshu check ana
ok "the workspace still agrees with itself" out_has ""
