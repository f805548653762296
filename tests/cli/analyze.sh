# Methods of regional analysis on tables from outside.
cat >lq.csv <<'T'
region,industry,value
east,steel,30
east,food,10
west,steel,10
west,food,30
T
luoshu analyze
ok "all methods are listed" out_has "shiftshare"
ok "with status 0" status 0
luoshu analyze lq lq.csv
ok "a location quotient" line_is 2 "east,steel,30,1.5,0.25,1"
ok "says by which formula" err_has "lq = "
luoshu analyze lq lq.csv --format json
ok "a format it knows" status 0
luoshu analyze lq --help
ok "help of a method names its options" out_has "--region"
luoshu analyze lqq lq.csv
ok "an unknown method is refused" status 2
luoshu analyze lq lq.csv --colour red
ok "an unknown option is refused" status 2
ok "with the list of options" err_has "industry"
luoshu analyze lq no-such.csv
ok "a missing file is named" err_has "no-such.csv"
printf 'region,industry,value\neast,steel,3o\n' >bad.csv
luoshu analyze lq bad.csv
ok "a cell that is no number is named by its line" err_has "line 2"
printf 'region,industry,value\neast,steel,1\neast,steel,2\n' >twice.csv
luoshu analyze lq twice.csv
ok "a key that stands twice is refused, not summed" status 2
