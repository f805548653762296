#!/bin/sh
# run.sh LUOSHU OUT - Sparkplug nodes and MQTT clients that are not ours, a real broker (mosquitto), kills and
# restarts in the middle; what is stored afterwards is held against what was acknowledged. TAP on stdout.
set -eu
LUOSHU=$1
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin
MOSQUITTO=$(command -v mosquitto || true)
[ -n "$MOSQUITTO" ] || { echo "1..0 # SKIP mosquitto is not installed"; exit 0; }
[ -d "$here/node_modules" ] || { echo "1..0 # SKIP the clients are not installed: npm ci --ignore-scripts in tests/field/sparkplug"; exit 0; }
OUT=$2/sparkplug
rm -rf "$OUT"
mkdir -p "$OUT"
DUMP=$(dirname "$LUOSHU")/field-dump
ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
export LUOSHU MOSQUITTO OUT DUMP ASAN_OPTIONS
exec node "$here/all.mjs"
