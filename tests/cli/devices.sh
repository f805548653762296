# Devices by table, history filled in, channels bound afterwards, figures, trends, export, keys to claim with.
workspace devices
cat >profiles.csv <<'X'
profile,indicator,unit,kernel,decimals,every_s
电表,用电量,千瓦时,counter,2,900
电量,用电量,千瓦时,amount,2,900
X
cat >points.csv <<'X'
series,field,entity,profile,device,line
m1,kwh,涧西区,电表,一号表,
m2,kwh,老城区,电表,二号表,三号线
X
luoshu import devices profiles.csv points.csv
ok "profiles and points are imported" status 0
printf 'series,field,entity,profile\nm3,kwh,没有的地方,电表\n' >bad.csv
luoshu import devices bad.csv
ok "an unknown place is refused" status 2
ok "with line, column and what to do" err_has "bad.csv:2:8: entity: no entity is called '没有的地方'; import the entities first"
luoshu import devices profiles.csv points.csv
ok "the same again adds nothing" out_has 'total,,,4,0,0,0,0,0,0,0,0,0,0,0,0,0,0'

printf 'time,kwh,note\n2025-03-01 00:00,100,a\n2025-03-01 06:00,160.5,b\n2025-03-02 06:00,400.5,c\n' >m1.csv
luoshu history devices m1.csv --series m1
ok "a meter's history goes in" out_has '"rows":3,"stored":3,"same":0'
ok "a column of text is told, not taken" err_has "column 'note' holds text and was left out"
luoshu history devices m1.csv --series m1
ok "again, nothing is counted twice" out_has '"stored":0,"same":3'
printf 'time,kwh\n2025-03-01 00:00,0\n2025-03-01 12:00,24\n' >m2.csv
luoshu history devices m2.csv --series m2
luoshu figure devices 用电量 --of 洛阳市 --by district --period 2025-03-01
ok "the day of the city: parts and remainder" out_has 'whole,洛阳市,用电量,level,,metered,2025-03-01,264.5,,千瓦时'
ok "a part in proportion to time" out_has 'part,涧西区,用电量,level,,metered,2025-03-01,240.5,,千瓦时'
ok "one below by its equipment" out_has 'part,老城区,用电量,level,,metered,2025-03-01,24,,千瓦时'
ok "nothing is left over" out_has 'remainder,,用电量,level,,metered,2025-03-01,0,'
printf 'time,kwh\n2025-03-01 06:00,150.5\n' >late.csv
luoshu history devices late.csv --series m1
ok "a corrected reading is a revision" out_has '"revised":1'
luoshu figure devices 用电量 --of 洛阳市 --period 2025-03
ok "and moves no month, whose ends it is between" out_has 'metered,2025-03,324.5,'
luoshu trend devices 用电量 --of 涧西区 --level day --from 2025-03-01 --to 2025-03-02
ok "days follow: 238 of the first, 62.5 of the second" out_has '2025-03-01T00:00:00+08:00,1740758400000,238,1,1'
ok "the rest on the next" out_has '2025-03-02T00:00:00+08:00,1740844800000,62.5,1,1'

printf 'date,use\n01/03/2025 00:15,1.25\n01/03/2025 00:00,2.5\n' >m9.csv
luoshu history devices m9.csv --series m9 --time date --order dmy --midnight-ends-day
ok "an unknown channel is kept" out_has '"strangers":2'
luoshu points devices --unbound
ok "it waits to be bound" out_has 'm9,use'
printf 'point,entity,profile,device\n3,西工区,电量,总表\n' >bind.csv
luoshu bind devices bind.csv
ok "bound" out_has '"bound":1'
luoshu figure devices 用电量 --of 西工区 --period 2025-03-01
ok "its whole history counts, the last midnight in its day" out_has 'metered,2025-03-01,3.75,'
printf 'point,entity,profile\n3,西工区,没有\n99,西工区,电量\n' >bind.csv
luoshu bind devices bind.csv
ok "a bad binding is refused whole" status 2
ok "with its reasons" out_has "unknown profile '没有'"

luoshu sql devices "select field, count(*), sum(value) from readings() group by field order by field"
ok "readings by SQL" line_is 3 'use,2,3.750000000'
luoshu export devices all.parquet
ok "and as Parquet" err_has "luoshu: 7 readings written"
luoshu claim-key devices 涧西区 --uses 1
key=$(sed 's/.*"key":"\([^"]*\)".*/\1/' out)
luoshu claim devices --key "$key" --device 新表 --series m7 --points kwh=电表
ok "a device is claimed with a key" out_has '"points":1'
luoshu claim devices --key "$key" --device 又一表 --series m8 --points kwh=电表
ok "which then is used up" err_has "this claim key is unknown, used up or expired"
luoshu connections devices 涧西区 --minutes 10000000
ok "points, heard and active" out_has '涧西区,2,1,1'
luoshu retain devices --before 2026-01-01
luoshu figure devices 用电量 --of 洛阳市 --period 2025-03
ok "raw readings gone, the figure stays" out_has 'metered,2025-03,328.25,'
luoshu check devices
ok "everything recomputed agrees" status 0

# a steel works' meter from January to August 2018 (UCI 851), where the shared data are at hand
steel=$here/../../../shared/data/energy-steel/steel_2018_01_08.csv
if [ -r "$steel" ]; then
    workspace steel
    luoshu import steel profiles.csv
    printf 'profile,indicator,unit,kernel,decimals,every_s\n电量15,用电量,千瓦时,amount,2,900\n' >p15.csv
    printf 'series,field,entity,profile\nsteel,Usage_kWh,涧西区,电量15\n' >steel-points.csv
    luoshu import steel p15.csv steel-points.csv
    luoshu history steel "$steel" --series steel --time date --order dmy --midnight-ends-day
    ok "23,328 rows go in" out_has '"rows":23328'
    # day sums of the file, in hundredths, as the command line prints them
    days() {
        tr -d '\r' <"$1" | awk -F, 'NR > 1 { split($1, d, /[\/ ]/); s[d[3] "-" d[2] "-" d[1]] += $2 * 100 + 0.5 - ($2 * 100 + 0.5) % 1; }
            END { for (k in s) printf "%s %d\n", k, s[k] }' | sort
    }
    days "$steel" >want
    luoshu trend steel 用电量 --of 涧西区 --level day --from 2018-01-01 --to 2018-08-31 --format csv
    awk -F, 'NR > 1 { v = $3 * 100; printf "%s %d\n", substr($1, 1, 10), v + 0.5 }' out | sort >got
    ok "243 days equal the sums of their rows, exactly" cmp want got
    luoshu figure steel 用电量 --of 洛阳市 --period 2018-03
    ok "a month too" out_has 'metered,2018-03,80230.41,'
    printf 'time,Usage_kWh\n2018-03-07 10:00,1000\n' >mend.csv
    luoshu readings steel 1 --from 2018-03-07 --to 2018-03-07
    old=$(awk -F, '$1 ~ /2018-03-07T10:00/ { print $3 }' out)
    luoshu history steel mend.csv --series steel
    luoshu trend steel 用电量 --of 洛阳市 --level day --from 2018-01-01 --to 2018-08-31 --format csv
    awk -F, 'NR > 1 { v = $3 * 100; printf "%s %d\n", substr($1, 1, 10), v + 0.5 }' out | sort >after
    ok "a corrected row moves its day and no other" sh -c "diff want after | grep -c '^[<>]' | grep -qx 2 && diff want after | grep -q '^> 2018-03-07'"
    ok "by exactly the difference" sh -c "[ \$(awk '\$1 == \"2018-03-07\" { print \$2 }' after) = \$(awk -v o=$old '\$1 == \"2018-03-07\" { printf \"%d\", \$2 - o * 100 + 100000 + 0.5 }' want) ]"
else
    echo "# SKIP the steel works' year: the shared data are not here"
fi
