#!/bin/sh
# embed-text.sh NAME FILE - prints a C file that holds FILE as `const char NAME[]`, line by line.
set -eu
printf '/* made by script/embed-text.sh from %s */\n' "${2##*/}"
printf 'extern const char %s[];\nconst char %s[] =\n' "$1" "$1"
sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/' "$2"
printf '    ;\n'
