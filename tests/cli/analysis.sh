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
luoshu analysis ana chain-risk --dataset 小表
ok "the edges of a chain from the same table" out_has "制造业,"
ok "which is told" err_has "technical coefficients of at least 0.03"
for t in demands suppliers rules; do luoshu dataset-put ana $t "$fixtures/$t.csv"; done
luoshu analysis ana qualify --dataset 'demands;suppliers;rules'
ok "every pair is held against the rules" lines 10
ok "who qualifies has a score" out_has "洛阳某农机厂轴承,甲轴承厂,3.5,1,"
ok "who does not, the reason" out_has "郑州某泵厂铸件,乙铸造厂,,0,amount 50 <= capacity 40"
luoshu analysis ana capacity --dataset 'demands;suppliers;rules' --options show=pairs
ok "the qualified are matched" out_has "洛阳某风电齿轮,丙传动厂,1,matched"
ok "and who is left is named with the reason" out_has "郑州某泵厂铸件,,,no-listed-pair"
printf 'demand,op,supply\nproduct,like,products\n' >like.csv
luoshu analyze qualify "$fixtures/demands.csv" "$fixtures/suppliers.csv" like.csv
ok "an unknown comparison is refused" err_has "'like' is none of"
printf 'demand,op,supply\namount,<=,products\n' >words.csv
luoshu analyze qualify "$fixtures/demands.csv" "$fixtures/suppliers.csv" words.csv
ok "words are not compared as numbers" status 2
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
ok "the workspace still agrees with itself" out_has "agrees,sum,全域,测试从业人员,2020"

luoshu init prov --region 41
luoshu import prov "$here"/../../examples/provinces/*.csv
ok "the example of the provinces is imported" status 0
luoshu analyses prov
ok "industries are found as shares of a product" out_has "第一产业=地区生产总值*第一产业占GDP比重"
luoshu analysis prov lq --scope 中国 --rows 行政区划 --period 2012 --indicator '第一产业=地区生产总值*第一产业占GDP比重;第二产业=地区生产总值*第二产业占GDP比重;第三产业=地区生产总值*第三产业占GDP比重'
ok "Henan is specialised in farming" out_has "河南省,第一产业,3770.9521,1.4023"
luoshu analysis prov ets --indicator 地区生产总值
ok "a forecast of the own region" out_has "h,forecast,lo80"

# With the material beside the project: the figures of German regions give what their CSV gives, and
# tables of China keep the output they state.
shared=${LUOSHU_SHARED:-$here/../../../shared}/data
if [ -e "$shared/region-industry/germany_regions_employment.csv" ]; then
    awk -F'"' 'BEGIN { print "table_id,grouping,item,parent_item,indicator,period,value,unit,source_url" }
        NR > 1 { split($5, n, ","); if ($2 == "Insgesamt" || $4 == "Insgesamt") next
        printf "DE,L,%s,Deutschland,Personen,%s,-,人,\nDE,W,\"%s\",%s,Personen,%s,%s,人,\n", $4, n[2], $2, $4, n[2], n[3] }
        END { print "DE,L,Deutschland,,Personen,2014,-,人," }' \
        "$shared/region-industry/germany_regions_employment.csv" >de.csv
    "$LUOSHU" init de >out 2>err
    luoshu import de de.csv
    ok "German regions by industry are imported" status 0
    luoshu analysis de lq --indicator Personen --scope Deutschland --rows L --columns W --period 2014
    sort out | grep -v '^region,' | cut -d, -f1-4 >ours
    luoshu analyze lq "$shared/region-industry/germany_regions_employment.csv" --at 2014
    sort out | grep -v '^region,' | cut -d, -f1-4 >theirs
    ok "160 location quotients" sh -c '[ $(wc -l <ours) -eq 160 ]'
    ok "equal those of the table itself" same ours theirs
    luoshu analysis de shiftshare --indicator Personen --scope Deutschland --rows L --columns W --options method=dunn
    sort out >ours
    luoshu analyze shiftshare "$shared/region-industry/germany_regions_employment.csv" --method dunn
    sort out >theirs
    ok "shift-share, too" same ours theirs
else
    echo "# $shared/region-industry is not there: German regions not compared"
fi
if [ -e "$shared/china-io/china_2018_42.csv" ]; then
    luoshu dataset-put ana china "$shared/china-io/china_2018_42.csv"
    luoshu analysis ana io-sectors --dataset china
    ok "the 42 sectors of China" lines 43
    sum=$(tail -n +2 out | awk -F, '{ s += $3 } END { printf "%.0f", s }')
    ok "have the output the table states" is "$sum" 24954982693
    luoshu analysis ana chain-risk --dataset china
    ok "and a chain of 42 nodes" lines 43
else
    echo "# $shared/china-io is not there: tables of China not compared"
fi
