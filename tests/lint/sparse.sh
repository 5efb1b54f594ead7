#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the module and the fixture with every warning on and sparse watching.
#
# usage: sparse.sh	in the root of the tree; prints findings, exit 1 on any
set -eu

headers=$("$KS_REPO/tests/vm/kernel" headers 6.12)
# A folder of our own: beside it others may build, and objects that are up to
# date would not be compiled again, and so not warned about.
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

cp -r Kbuild dkms.conf module "$build"
mkdir "$build/tests"
cp -r tests/fixture "$build/tests"
{
	make -s -j "$(nproc)" -C "$headers" M="$build" W=1 C=2 modules
	make -s -C "$headers" M="$build/tests/fixture" W=1 C=2 modules
} >"$build/said" 2>&1 || echo "the build failed" >>"$build/said"

# The one known false positive, in a header of the kernel's own: a cast in
# nla_put_uint() that is meant to cut.
sed -i '/include\/net\/netlink\.h:[0-9]*:[0-9]*: warning: cast truncates bits from constant value/d' \
	"$build/said"
sed "s,$build/,," "$build/said"
[ ! -s "$build/said" ]
