#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Hold the rooms of module/ and tools/ apart: who may include whom, where the
# kernel's version may be asked, and who writes messages and tables.
#
# usage: rooms.sh	in the root of the tree; prints violations, exit 1 on any
set -eu

# A room and those that it may include from, itself apart. A room is a folder;
# "." has the files of the half itself. tests/lint/circles.sh looks inside.
table() {
	cat <<-'EOF'
	module .                collect export internals record run trace
	module export           record run
	module collect          internals record run
	module trace            internals record run
	module run              internals record
	module record
	module internals
	module internals/compat

	tools .                 cmd lib
	tools cmd               client diagnose diagnose/judge diagnose/observe diagnose/tell host lib output table
	tools diagnose/tell     diagnose host lib output table
	tools diagnose/judge    diagnose lib table
	tools diagnose/observe  client diagnose host lib table
	tools diagnose          host lib table
	tools output            lib table
	tools client            lib table
	tools host              lib table
	tools table             lib
	tools lib
	EOF
}

files=$(git ls-files -co --exclude-standard 'module/*.[ch]' 'tools/*.[ch]')
# shellcheck disable=SC2086 # one word a file
table | awk '
	# The room of a path below its half.
	function room(path) {
		return sub(/\/[^\/]*$/, "", path) ? path : "."
	}
	function complain(what) {
		printf "%s:%d: %s\n", FILENAME, FNR, what
		status = 1
	}
	# Header files that both halves may include, as the compiler finds them.
	function is_common(to) {
		return to ~ /^include/
	}
	FILENAME == "-" {
		if (NF < 2)
			next
		known[$1 "/" $2] = 1
		for (i = 3; i <= NF; i++)
			allowed[$1 "/" $2 ">" $i] = 1
		# compat/ is the part of internals/ that the headers decide.
		if ($1 == "module" && $2 != "record")
			allowed[$1 "/" $2 ">internals/compat"] = 1
		next
	}
	FNR == 1 {
		half = substr(FILENAME, 1, index(FILENAME, "/") - 1)
		from = room(substr(FILENAME, length(half) + 2))
		if (!known[half "/" from] && !is_common(from))
			complain("the table has no room " from)
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, quoted, "\"")
		path = quoted[2]
		# Without a folder it is a file beside this one.
		to = path ~ /\// ? room(path) : from
		if (path ~ /\.\./)
			complain("includes by a path upwards: " path)
		else if (from != to && !is_common(from) &&
			 !allowed[half "/" from ">" to])
			complain(from " may not include " path)
	}
	half == "module" && from !~ /^internals/ &&
	/LINUX_VERSION_CODE|KERNEL_VERSION/ {
		complain("asks for the kernel version outside internals")
	}
	half == "module" && from != "record" && from != "export" &&
	/(^|[^a-z_])(nla_put|seq_(printf|put|write))/ {
		complain("writes messages or tables outside record and export")
	}
	END { exit status }
' - $files
