# What is refused is named, with file, line and column; nothing is half imported.
workspace imp
luoshu import imp "$fixtures/facts.csv" "$fixtures/indicators.csv" "$fixtures/regions.csv" "$fixtures/docs.csv"
ok "files are put in order by themselves" status 0
ok "a line per file and a total" lines 6
ok "the total counts the facts" grep -qE '^total,,,15,0,6,' out
ok "the outcome is told" err_has "stored (15 rows, 0 errors"
luoshu import imp "$fixtures/facts.csv"
ok "the same again adds nothing" grep -qE '^total,,,6,0,0,6,' out

luoshu import imp "$fixtures/bad.csv"
ok "one bad row refuses the file" status 2
ok "the row is named with line and column" err_has "bad.csv:3:48: "
ok "the other bad row too" err_has "bad.csv:4:57: "
ok "with the value in quotes" err_has "'seven'"
ok "and how to go on" err_has "--partial"
luoshu figure imp 测试产值 --period 2022
ok "nothing of it is stored" status 1
luoshu import imp "$fixtures/bad.csv" --check
ok "a check finds the same" status 2
luoshu import imp "$fixtures/facts.csv" --check
ok "a check of good rows is good" status 0
ok "and stores nothing" err_has "nothing is stored"
luoshu import imp "$fixtures/bad.csv" --partial
ok "the good row can be stored alone" status 0
ok "while the bad ones are named" err_has "bad.csv:3:48: "
luoshu figure imp 测试产值 --period 2022
ok "it is there" out_has ",7,"

luoshu import imp "$fixtures/unknown.csv"
ok "an unknown layout is refused" status 2
ok "with its columns" err_has "first 'what'"
luoshu import imp "$fixtures"
ok "a folder is refused" status 2
ok "with what to give instead" err_has "*.csv"
luoshu import imp absent.csv
ok "a file that is not there is named" err_has "'absent.csv'"
luoshu import imp "$fixtures/facts.csv" --check --partial
ok "check and partial exclude each other" status 2
luoshu import imp "$fixtures/bad.csv" --format json
ok "the report as JSON" grep -q '"line":3,"column":48' out
