# Do the figures agree? 0 when they do, 1 when they do not.
workspace chk docs.csv regions.csv indicators.csv facts.csv
luoshu check chk
ok "what adds up is good" status 0
ok "the sum is compared" grep -q '^agrees,sum,云州市,测试产值,2023,' out
ok "and the ledger replayed" err_has "differences 0; agrees 1,"
luoshu check chk --verdict contradicts
ok "only what was asked for" lines 1
luoshu check chk --verdict maybe
ok "an unknown verdict is exit 2" status 2
ok "with those there are" err_has "agrees, rounding"
luoshu import chk "$fixtures/contradiction.csv"
luoshu check chk --verdict contradicts
ok "what does not add up is exit 1" status 1
ok "and shown with the difference" grep -q '^contradicts,sum,全市,测试产值,2024,.*-10.0 亿元' out
ok "with a note" out_has "do not add up"
luoshu check chk --verdict contradicts --lang zh
ok "in Chinese when asked" sh -c '! grep -q "do not add up" out'
luoshu check chk --format json
ok "as JSON" out_has '"differences":0'
