#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# An access that may race is marked for KCSAN, and a comment says why it may: on
# its line, or above it in the same paragraph.
#
# usage: marks.sh	in the root of the tree; prints violations, exit 1 on any
set -eu

git ls-files -co --exclude-standard 'module/*.[ch]' | xargs awk '
	FNR == 1 || /^[ \t]*$/ || /^}/ { explained = 0 }
	/\/\*|\*\// { explained = 1 }
	/(READ_ONCE|WRITE_ONCE|data_race|smp_load_acquire|smp_store_release)\(/ {
		if (!explained) {
			printf "%s:%d: a marked access without its reason\n",
				FILENAME, FNR
			wrong = 1
		}
	}
	END { exit wrong }'
