#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Run shellcheck on every shell script: those named .sh and those that say so.
#
# usage: shell.sh	in the root of the tree; prints findings, exit 1 on any
set -eu

git ls-files -co --exclude-standard | while read -r file; do
	[ -f "$file" ] || continue
	case $file in
	*.sh) echo "$file" ;;
	*) head -n 1 "$file" | tr -d '\0' |
		grep -Eq '^#! ?(/usr)?/bin/(env )?(ba|da)?sh' && echo "$file" ;;
	esac
done | xargs shellcheck --format=gcc
