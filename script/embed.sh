#!/bin/sh
# embed.sh NAME FILE... - prints a C file with an array of the given schema steps, in order of number.
# The number of a step is what its file name begins with: 001_registry.sql is step 1.
set -eu
name=$1
shift
printf '/* made by script/embed.sh */\n#include "store/store_int.h"\n\n'
printf 'const struct schema_step %s[] = {\n' "$name"
for file in $(printf '%s\n' "$@" | sort); do
    base=${file##*/}
    number=$(printf '%s' "${base%%_*}" | sed 's/^0*//')
    printf '    {%s, "%s",\n' "$number" "$base"
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/     "/' -e 's/$/\\n"/' "$file"
    printf '    },\n'
done
printf '    {0, NULL, NULL},\n};\n'
