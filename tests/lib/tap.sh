# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Count tests and print them as TAP: what the runners in shell source. It makes
# the folder $scratch, and removes it when the runner ends.

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

tap_passed=0 tap_failed=0 tap_skipped=0

# tap_number: the number of the last test.
tap_number() {
	echo $((tap_passed + tap_failed + tap_skipped))
}

# result NAME STATUS: count a test. If STATUS is not 0, the test failed and the
# file $scratch/said explains it.
result() {
	if [ "$2" = 0 ]; then
		tap_passed=$((tap_passed + 1))
		echo "ok $(tap_number) - $1"
	else
		tap_failed=$((tap_failed + 1))
		sed 's/^/# /' "$scratch/said" || :
		echo "not ok $(tap_number) - $1"
	fi
}

# skip NAME REASON: a test that cannot run here.
skip() {
	tap_skipped=$((tap_skipped + 1))
	echo "ok $(tap_number) - $1 # SKIP $2"
}

# check NAME COMMAND...: a test that passes if COMMAND does.
check() {
	tap_name=$1
	shift
	tap_status=0
	# In a condition "set -e" does not hold.
	"$@" >"$scratch/said" 2>&1 || tap_status=$?
	result "$tap_name" "$tap_status"
}

# finish: print the last lines; fail if a test failed.
finish() {
	echo "1..$(tap_number)"
	echo "$tap_passed passed, $tap_failed failed, $tap_skipped skipped"
	[ "$tap_failed" = 0 ]
}
