#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Every Python file compiles and is run by Debian's own Python.
#
# usage: python.sh	in the root of the tree; prints findings, exit 1 on any
set -eu

git ls-files -co --exclude-standard | while read -r file; do
	[ -f "$file" ] || continue
	case $file in
	*.py) echo "$file" ;;
	*) head -n 1 "$file" | tr -d '\0' | grep -q '^#!.*python' &&
		echo "$file" ;;
	esac
done | xargs python3 -c '
import sys

status = 0
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        text = file.read()
    wrong = []
    try:
        compile(text, name, "exec", dont_inherit=True)
    except SyntaxError as error:
        wrong.append((error.lineno, error.msg))
    if text.startswith("#!") and text.split("\n")[0] != "#!/usr/bin/python3":
        wrong.append((1, "the first line is not #!/usr/bin/python3"))
    for number, what in wrong:
        print(f"{name}:{number}: {what}")
        status = 1
sys.exit(status)
'
