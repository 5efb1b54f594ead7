#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Compile what reads the kernel's counters for a kernel without NUMA, which no
# test kernel is.
#
# usage: without.sh	in the root of the tree; prints errors, exit 1 on any
set -eu

headers=$("$KS_REPO/tests/vm/kernel" headers 6.12)
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

cp -r Kbuild dkms.conf module "$build"
# It comes after the kernel's own configuration, and before all else.
for option in NUMA NODES_SHIFT NUMA_BALANCING ACPI_NUMA AMD_NUMA \
	X86_64_ACPI_NUMA USE_PERCPU_NUMA_NODE_ID NUMA_EMU NUMA_MEMBLKS; do
	echo "#undef CONFIG_$option"
done >"$build/without.h"
objects=$(grep -rlE '"(internals/compat/vmstat|collect/(stats|walk))\.h"' \
	--include='*.c' module | sed 's/c$/o/')
# shellcheck disable=SC2086 # words of a list
make -s -j "$(nproc)" -C "$headers" M="$build" \
	KCFLAGS="-include $build/without.h" $objects \
	>"$build/said" 2>&1 || echo "the build failed" >>"$build/said"
sed "s,$build/,," "$build/said"
[ ! -s "$build/said" ]
