#!/bin/sh
# run.sh LUOSHU OUT - an OPC UA server (node-opcua, in the test), the connector, mosquitto and a Luoshu server:
# what the OPC UA server had is what is stored. TAP on stdout.
set -eu
LUOSHU=$1
here=$(cd "$(dirname "$0")" && pwd)
connector=$here/../../../connectors/opcua
PATH=$PATH:/usr/sbin
MOSQUITTO=$(command -v mosquitto || true)
[ -n "$MOSQUITTO" ] || { echo "1..0 # SKIP mosquitto is not installed"; exit 0; }
[ -d "$connector/node_modules" ] || { echo "1..0 # SKIP node-opcua is not installed: npm ci --ignore-scripts in connectors/opcua"; exit 0; }
OUT=$2/opcua
rm -rf "$OUT"
mkdir -p "$OUT"
DUMP=$(dirname "$LUOSHU")/field-dump
ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
export LUOSHU MOSQUITTO OUT DUMP ASAN_OPTIONS
exec node "$here/opcua.mjs"
