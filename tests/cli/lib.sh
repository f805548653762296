# lib.sh - verbs of the stories. A step runs something, then says what is true of it.
tests=0
failures=0
server=

# luoshu ARGUMENT... - runs it; status in $rc, output in the files out and err
luoshu() {
    "$LUOSHU" "$@" >out 2>err </dev/null
    rc=$?
}

# http ARGUMENT... - curl; status in $rc, headers in the file head, body in out
http() {
    : >head
    : >out
    rc=$(curl -s -o out -D head -w '%{http_code}' --max-time 60 "$@" 2>err)
}

# ok NAME COMMAND... - one test: does the command succeed?
ok() {
    tests=$((tests + 1))
    name=$1
    shift
    if "$@" >/dev/null 2>&1; then
        echo "ok $tests - $name"
        return
    fi
    failures=$((failures + 1))
    echo "not ok $tests - $name"
    echo "#   failed: $*; status $rc"
    sed 's/^/#   out: /' out | head -n 8
    sed 's/^/#   err: /' err | head -n 8
}

status() { [ "$rc" = "$1" ]; }
out_has() { grep -qF -- "$1" out; }
err_has() { grep -qF -- "$1" err; }
head_has() { tr -d '\r' <head | grep -qiF -- "$1"; }
line_is() { [ "$(sed -n "$1p" out)" = "$2" ]; }
lines() { [ "$(wc -l <out)" -eq "$1" ]; }
empty() { [ ! -s "$1" ]; }
same() { cmp -s "$1" "$2"; }
is() { [ "$1" = "$2" ]; }
gone() { [ ! -e "$1" ]; }

# workspace DIR FILE... - an empty workspace with these fixtures; its admin token in $token
workspace() {
    dir=$1
    shift
    "$LUOSHU" init "$dir" >out 2>err || return
    token=$(cat out)
    [ $# = 0 ] && return
    for file in "$@"; do set -- "$@" "$fixtures/$file"; shift; done
    "$LUOSHU" import "$dir" "$@" >out 2>err
}

# start_server DIR ARGUMENT... - waits until it listens; its address in $url, its process in $server
start_server() {
    "$LUOSHU" serve "$@" --listen 127.0.0.1:0 >server.out 2>server.err </dev/null &
    server=$!
    url=
    for _ in $(seq 1 200); do
        url=$(sed -n 's|^luoshu: listening on \(http[^ ]*\)/$|\1|p' server.out)
        [ -n "$url" ] && return
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    echo "# the server did not start: $(cat server.err)"
}

# stop_server - asks the server to end; its exit status in $rc
stop_server() {
    [ -n "$server" ] || return 0
    kill -TERM "$server" 2>/dev/null
    wait "$server"
    rc=$?
    server=
}
