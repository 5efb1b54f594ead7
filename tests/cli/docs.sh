#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# docs.sh READER: the man page and the completion know what --help knows.

# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"

tools=$(cd "$(dirname "$0")/../../tools" && pwd)
page=$work/kmemscope.8

# scdoc separates with empty paragraphs; that is its own style, not ours.
lint()
{
	mandoc -T lint -W warning "$1" | grep -v 'skipping paragraph macro: PP' \
		>"$work/lint"
	cat "$work/lint"
	[ ! -s "$work/lint" ]
}

render()
{
	scdoc <"$tools/man/kmemscope.8.scd" >"$page"
}

check 'scdoc takes the man page' render
check 'mandoc finds nothing in it' lint "$page"
# Without the backspaces that make letters bold.
mandoc -T ascii "$page" | sed "s/.$(printf '\b')//g" >"$work/page"

commands=$("$reader" --help | sed -n '/^Commands:/,/^$/s/^ \([a-z]*\) .*/\1/p')
check 'there are commands' [ -n "$commands" ]
for command in $commands; do
	check "the man page has $command" grep -qw -e "$command" "$work/page"
	for option in $("$reader" "$command" --help |
			sed -n 's/^ \(-.,\|   \) \(--[a-z-]*\).*/\2/p'); do
		check "the man page has $command $option" \
			grep -q -e "$option\b" "$work/page"
	done
done

# complete WORD...: what the completion offers for the last word.
complete_words()
{
	COMP_WORDS=("$reader" "$@")
	COMP_CWORD=$#
	COMPREPLY=()
	compopt() { :; }
	_kmemscope
}

# offers EXPECTED WORD...: the completion must offer just that.
offers()
{
	expected=$1
	shift
	complete_words "$@"
	if [ "${COMPREPLY[*]}" = "$expected" ]; then
		ok "completes ${*:-nothing}"
	else
		not_ok "completes $*" "offered: ${COMPREPLY[*]}"
	fi
}

# shellcheck source=/dev/null
. "$tools/completion/kmemscope"
offers 'slab' sl
offers 'status slab' s
offers '--help' --he
offers '--output --output-all' slab --outp
offers '--migratetypes --migratetype' buddy --mi
offers '--seconds' diagnose --sec
offers '' diagnose --seconds 1
offers 'WASTED_BASIS WASTED_BYTES' slab -o WAS
offers 'NAME,WASTED_BASIS NAME,WASTED_BYTES' slab -o NAME,WAS
offers '+WASTED_BASIS +WASTED_BYTES' slab --output +WAS
offers '-TOTAL_BYTES' slab --sort -TOT
: >"$work/err"
: >"$work/err"
offers "$work/err" slab --diff "$work/er"
offers '' zone frob

# Names that a shell would run, or match with files.
# shellcheck disable=SC2016
printf 'slab name=%s\n' '$(id>pwn)' '`id>pwn`' "a';id>pwn;'" '*' >"$work/names"
KMS_FAKE=$work/names
export KMS_FAKE
(cd "$work" && complete_words slab '' && printf '%s\n' "${COMPREPLY[@]}") \
	>"$work/offered"
# shellcheck disable=SC2016
printf '%s\n' '\*' '\$\(id\>pwn\)' '\`id\>pwn\`' "a\\'\\;id\\>pwn\\;\\'" \
	>"$work/expected"
check 'names are offered so that a shell takes them as they are' \
	diff <(sort "$work/offered") <(sort "$work/expected")
check 'names are not run' [ ! -e "$work/pwn" ]
finish
