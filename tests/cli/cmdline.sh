#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# cmdline.sh READER: command lines, right and wrong, on a host without the
# module: exit status, and the first line on stderr.

# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"

absent='the kernel module is not loaded; load it with: modprobe kmemscope'

# One line, and a second one that says where help is.
usage()
{
	pattern=$1
	shift
	try 1 "$pattern" "$@"
	check "kmemscope $* says where help is" \
		grep -Eq "^Try 'kmemscope[a-z ]* --help'.\$" "$work/err"
}

names_page()
{
	# tests/cli/docs.sh has which page it must be.
	tail -n 1 "$work/out" | grep -Eqx 'For more details see kmemscope(-[a-z]+)?\(8\)\.'
}

# Nothing but the one line.
unsupported()
{
	try 2 "$absent" "$@"
	check "kmemscope $* says only that" [ "$(wc -l <"$work/err")" -eq 1 ]
}

try 0 '' --help
try 0 '' -h
try 0 '' --version
check 'the version is that of dkms.conf' grep -q \
	"^kmemscope $(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' \
		"$(dirname "$0")/../../dkms.conf")\$" "$work/out"
usage 'no command'
usage "unknown command: 'slabs'" slabs
usage "unknown option: '--json'" --json
usage "unknown command: ''" ''

for command in diagnose status slab zone buddy node counters trace off on; do
	try 0 '' $command --help
	check "$command --help ends with the man page" names_page
	try 0 '' $command -V
	usage "unrecognized option '--frob'" $command --frob
	usage "invalid option -- 'x'" $command -x
done
for command in slab zone buddy node counters; do
	try 0 '' $command --help
	check "$command --help lists columns" grep -q '^Columns:' "$work/out"
	usage "unknown column: 'FROB'" $command --output FROB
	usage "unknown column: 'FROB'" $command -o +FROB
	usage "unknown column: 'frob'" $command --sort frob
	usage "unknown column: 'frob'" $command --sort -frob
	usage "option '--output' requires an argument" $command --output
	usage "--top: not a number of rows: '0'" $command --top 0
	usage "--top: not a number of rows: '1x'" $command --top 1x
	usage "--since: not a number of seconds: '-1'" $command --since -1
	usage "--since: not a number of seconds: '1e3'" $command --since 1e3
	usage "--since: not a number of seconds: '0'" $command --since 0
	usage '--diff and --since exclude each other' \
		$command --since 1 --diff /dev/null
	usage "--node: not a number: 'zero'" $command --node zero
	usage "--node: not a number: '4294967296'" $command --node 4294967296
	try 1 'cannot open /nonesuch: No such file or directory' \
		$command --diff /nonesuch
	try 1 '/dev/null: is truncated' $command --diff /dev/null
done
for command in status zone buddy node off on; do
	usage "unexpected argument: 'frob'" $command frob
done
usage "--seconds: not a number of seconds from 1 to 3600: '0.5'" \
	diagnose --seconds 0.5
usage "--seconds: not a number of seconds from 1 to 3600: '3601'" \
	diagnose --seconds 3601
usage "--seconds: not a number of seconds from 1 to 3600: 'x'" \
	diagnose --seconds x
usage "unexpected argument: 'frob'" diagnose frob
usage 'no slab cache' trace
usage 'only one slab cache at a time' trace dentry filp
usage "--seconds: not a number of seconds: '0'" trace --seconds 0 dentry
usage "unknown column: 'FROB'" trace dentry -o FROB
usage "unrecognized option '--since'" trace --since 1 dentry
usage '--folded excludes --json, --raw and --pairs' trace --folded --json dentry
usage "unrecognized option '--zone'" slab --zone Normal
usage "unrecognized option '--per-node'" zone --per-node
usage "unknown column: 'node'" slab --sort node
usage "unknown column: 'slabs'" slab -o name,slabs
usage "unknown column: ''" slab -o name,

if [ -e /sys/module/kmemscope ]; then
	skip 'no module' 'the module is loaded here'
	finish
	exit
fi
for command in status slab zone buddy node counters off on; do
	unsupported $command
done
unsupported status -J
unsupported diagnose --json --seconds 1
unsupported diagnose --remedy --exit-code
unsupported slab -J --top 5 --sort -name -o name dentry
unsupported slab --per-node --sort node -o +NODE
unsupported slab --node 4294967295
unsupported buddy --migratetype Movable --sort migratetype
unsupported counters --zone Normal nr_free_pages
unsupported slab --output-all -b -n -r
unsupported slab --since 0.5
unsupported trace dentry --seconds 0.5 --stacks -o name,cgroup

# Whatever does not reach stdout is an error, wherever stdout leads.
full()
{
	! "$reader" --help >/dev/full 2>"$work/err" &&
		grep -q 'write error: No space left on device' "$work/err"
}

closed()
{
	! "$reader" --help >&- 2>"$work/err" &&
		grep -q 'write error: Bad file descriptor' "$work/err"
}

without_stdin()
{
	"$reader" --help <&-
}

check 'a full device is an error' full
check 'a closed stdout is an error' closed
check 'a closed stdin is none' without_stdin
finish
