#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Run pyflakes and pycodestyle on every Python file: those named .py and those
# that say so. A file that is run names Debian's own Python.
#
# usage: python.sh	in the root of the tree; prints findings, exit 1 on any
set -eu

# Left out, beside what pycodestyle leaves out itself:
#   E101, W191	tabs are in texts for other programs: C, shell, bpftrace
#   W503, W504	a line may break before or after an operator
#   E121, E123, E126, E226, E24, E704	left out by default
ignored=E101,W191,W503,W504,E121,E123,E126,E226,E24,E704

files=$(git ls-files -co --exclude-standard | while read -r file; do
	[ -f "$file" ] || continue
	case $file in
	*.py) ;;
	*) head -n 1 "$file" | tr -d '\0' | grep -q '^#!.*python' || continue ;;
	esac
	echo "$file"
done)

status=0
for file in $files; do
	case $(head -n 1 "$file") in
	'#!/usr/bin/python3' | [!#]* | '#'[!!]* | '') ;;
	*)
		echo "$file:1: the first line is not #!/usr/bin/python3"
		status=1
		;;
	esac
done
# shellcheck disable=SC2086 # a list of files
pyflakes3 $files || status=1
# shellcheck disable=SC2086
pycodestyle --max-line-length=80 --ignore="$ignored" $files || status=1
exit $status
