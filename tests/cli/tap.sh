# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# TAP for the shell tests, which source this.  The reader that they try is $1.

nr=0
reader=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ok()
{
	nr=$((nr + 1))
	echo "ok $nr - $1"
}

not_ok()
{
	nr=$((nr + 1))
	echo "not ok $nr - $1"
	shift
	printf '# %s\n' "$@"
}

skip()
{
	nr=$((nr + 1))
	echo "ok $nr - $1 # SKIP $2"
}

# check NAME COMMAND...: the command must succeed.
check()
{
	name=$1
	shift
	if "$@" >"$work/check" 2>&1; then
		ok "$name"
	else
		not_ok "$name" "$(sed '2,$s/^/# /' "$work/check")"
	fi
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
			"$(sed '2,$s/^/# /' "$work/err")"
	elif [ -z "$pattern" ] && [ -s "$work/err" ]; then
		not_ok "kmemscope $*" "on stderr: $(cat "$work/err")"
	elif [ -n "$pattern" ] && ! head -n 1 "$work/err" |
			grep -Eq -e "^kmemscope[a-z ]*: $pattern\$"; then
		not_ok "kmemscope $*" "stderr is not '$pattern' but" \
			"$(sed '2,$s/^/# /' "$work/err")"
	elif [ "$status" -ne 0 ] && [ "$status" -ne 3 ] &&
			[ -s "$work/out" ]; then
		not_ok "kmemscope $*" "refused, but on stdout:" \
			"$(head -n 1 "$work/out")"
	else
		ok "kmemscope $*"
	fi
}

finish()
{
	echo "1..$nr"
}
