# A workspace is made once, and its token is shown once.
luoshu init made --region 4103
ok "init succeeds" status 0
ok "it prints a token" grep -qE '^luoshu_[A-Za-z0-9_-]{43}$' out
ok "and only that" lines 1
ok "and says so" err_has "shown this once"
luoshu setting made region
ok "the region is kept" line_is 1 4103
luoshu setting made open_reads
ok "reads are open to this machine" line_is 1 loopback
luoshu init made
ok "a second init is refused" status 2
ok "because there is one already" err_has "holds a workspace already"
luoshu init nowhere --region 9999
ok "an unknown region is refused" status 2
ok "and named" err_has "'9999'"
ok "and leaves nothing behind" gone nowhere
luoshu init memory --history memory
ok "facts may be kept in memory" status 0
luoshu meta absent
ok "a folder without workspace is an input error" status 2
ok "and the message says how to make one" err_has "luoshu init"

luoshu token made add desk --right read
ok "a token can be added" status 0
ok "and is printed" grep -qE '^luoshu_' out
luoshu token made add desk
ok "its right must be said" err_has "wants --right"
luoshu setting made open_reads sometimes
ok "a setting is checked" status 2
ok "with what it may be" err_has "'loopback', 'all' or 'none'"
