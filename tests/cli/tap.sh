# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For the shell tests, which source this. The reader that they try is $1.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"

reader=$1
work=$scratch

ok()
{
	result "$1" 0
}

# not_ok NAME LINE...: the lines explain it.
not_ok()
{
	title=$1
	shift
	printf '%s\n' "$@" >"$scratch/said"
	result "$title" 1
}

# try STATUS PATTERN ARGUMENT...: the reader must exit with that status, print
# no stdout that a refusal should not, and on stderr one line that matches, or
# nothing where the pattern is empty.
try()
{
	status=$1
	pattern=$2
	shift 2
	got=0
	timeout 20 "$reader" "$@" >"$work/out" 2>"$work/err" </dev/null ||
		got=$?
	if [ "$got" -ne "$status" ]; then
		not_ok "kmemscope $*" "exit $got, not $status" \
			"$(cat "$work/err")"
	elif [ -z "$pattern" ] && [ -s "$work/err" ]; then
		not_ok "kmemscope $*" "on stderr: $(cat "$work/err")"
	elif [ -n "$pattern" ] && ! head -n 1 "$work/err" |
			grep -Eq -e "^kmemscope[a-z ]*: $pattern\$"; then
		not_ok "kmemscope $*" "stderr is not '$pattern' but" \
			"$(cat "$work/err")"
	elif [ "$status" -ne 0 ] && [ "$status" -ne 3 ] &&
			[ -s "$work/out" ]; then
		not_ok "kmemscope $*" "refused, but on stdout:" \
			"$(head -n 1 "$work/out")"
	else
		ok "kmemscope $*"
	fi
}
