#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Hold the rooms of module/ apart: who may include whom, where the kernel's
# version may be asked, and who writes messages and tables.
#
# usage: rooms.sh	in the root of the tree; prints violations, exit 1 on any
set -eu

git ls-files -co --exclude-standard 'module/*.[ch]' | while read -r file; do
	awk -v file="${file#module/}" '
	# The room a path is in; files of module/ itself may use any.
	function room(path) {
		return path ~ /\// ? substr(path, 1, index(path, "/") - 1) : "."
	}
	function allowed(from, to, path) {
		if (from == to || from == ".")
			return 1
		if (from == "export")
			return to == "record" || path == "collect/collect.h" ||
			       path == "collect/job.h" ||
			       path == "trace/trace.h" || path == "watch/watch.h"
		if (from == "collect")
			return to == "internals" || to == "record"
		if (from == "watch" || from == "trace")
			return to == "collect" || to == "internals" ||
			       to == "record"
		return 0
	}
	function complain(what) {
		printf "module/%s:%d: %s\n", file, NR, what
	}
	BEGIN {
		from = room(file)
		known = " . internals record collect watch trace export include "
		if (!index(known, " " from " "))
			complain("there is no room " from " in the map")
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		path = $0
		sub(/^[^"]*"/, "", path)
		sub(/".*/, "", path)
		# Without a folder it is a file beside this one.
		to = path ~ /\// ? room(path) : from
		if (path ~ /\.\./)
			complain("includes by a path upwards: " path)
		else if (!allowed(from, to, path))
			complain(from " may not include " path)
	}
	/LINUX_VERSION_CODE|KERNEL_VERSION/ && from != "internals" {
		complain("asks for the kernel version outside internals")
	}
	/(^|[^a-z_])(nla_put|seq_(printf|put|write))/ &&
	from != "record" && from != "export" {
		complain("writes messages or tables outside record and export")
	}
	' "$file"
done | {
	# A pipe has no status of the loop; what it printed has.
	status=0
	while read -r line; do
		echo "$line"
		status=1
	done
	exit $status
}
