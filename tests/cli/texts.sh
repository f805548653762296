# What is made from the table of operations, and what is said to a wrong command.
luoshu
ok "without a command: help, exit 2" status 2
luoshu help
ok "help lists the commands" out_has "figure"
luoshu help --lang zh
ok "in Chinese" out_has "核对"
luoshu figure --help
ok "help of a command" out_has "usage: luoshu figure DIR INDICATOR"
luoshu figrue x
ok "a wrong command is exit 2" status 2
ok "with the nearest" err_has "did you mean 'figure'"
luoshu figure fig a --explian
ok "a wrong option has its nearest" err_has "did you mean '--explain'"
luoshu version
ok "version" grep -qE '^luoshu [0-9]+\.[0-9]+\.[0-9]+$' out
luoshu openapi
ok "openapi" out_has '"openapi":"3.1.0"'
luoshu client-ts
ok "client-ts" out_has 'export function getFigure(p: GetFigureParams'
luoshu rights
ok "rights: reads are for readers" grep -q '^figure.get,GET,/api/v1/figure,no,yes,yes,yes,' out
ok "rights: imports are for writers" grep -q '^import.post,POST,/api/v1/import,no,no,yes,yes,' out
luoshu man
ok "man" grep -q '^\.TH LUOSHU 1' out
"$LUOSHU" help >/dev/full 2>err
rc=$?
ok "a full disk is exit 3" status 3
