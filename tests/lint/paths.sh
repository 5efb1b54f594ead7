#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Nothing in the tree names this machine: not the folder it is checked out in,
# nobody's home, and no host that packages come from.
#
# usage: paths.sh	in the root of the tree; prints what names it, exit 1
set -eu

here=$(pwd)
patterns=$(mktemp)
trap 'rm -f "$patterns"' EXIT

# The folder above the tree, unless that is one which every machine has.
above=$(dirname "$here")
case $above in
/ | /tmp | /root | /home | /usr/src) ;;
*) echo "$above/" ;;
esac >"$patterns"
{
	echo "$here/"
	# Written so that this file does not name what it looks for.
	echo "${HOME:-/root}/.c""ache"
	echo "/ho""me/"
	echo "deb.deb""ian.org"
	echo "security.deb""ian.org"
	echo "snapshot.deb""ian.org"
	echo "py""pi.org"
	echo "proxy.go""lang.org"
	# Hosts of the machine's own sources and proxies.
	{
		cat /etc/apt/sources.list /etc/apt/sources.list.d/* \
			/etc/apt/apt.conf /etc/apt/apt.conf.d/* \
			/etc/pip.conf 2>/dev/null || true
		env | grep -i 'proxy\|index_url' || true
	} | sed -n 's#.*[a-z]://\([^/@ ]*@\)\{0,1\}\([A-Za-z0-9.-]*\).*#\2#p' |
		grep -v -x -e localhost -e '127\.0\.0\.1' || true
} >>"$patterns"

if git ls-files -co --exclude-standard -z |
	xargs -0 grep -nIF -f "$patterns" -- 2>/dev/null; then
	exit 1
fi
