#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Kernel-doc comments say what the code has: every parameter, member, result.
#
# usage: kerneldoc.sh	in the root of the tree; prints findings, exit 1 on any
set -eu

source=$("$KS_REPO/tests/vm/kernel" source 6.12)

# Its exit status is 0 whatever it finds.
said=$(git ls-files -co --exclude-standard 'module/*.[ch]' 'tests/fixture/*.h' |
	xargs perl "$source/scripts/kernel-doc" -none -Wall 2>&1)
[ -z "$said" ] || {
	echo "$said"
	exit 1
}
