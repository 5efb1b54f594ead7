#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# docs.sh READER: the man pages, the README and the completion know what --help
# knows.

# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"

tools=$(cd "$(dirname "$0")/../../tools" && pwd)

# scdoc separates with empty paragraphs; that is its own style, not ours.
lint()
{
	mandoc -T lint -W warning "$1" | grep -v 'skipping paragraph macro: PP' \
		>"$work/lint"
	cat "$work/lint"
	[ ! -s "$work/lint" ]
}

# render NAME: make $work/NAME.8 of its source.
render()
{
	scdoc <"$tools/man/$1.8.scd" >"$work/$1.8"
}

# text NAME: the page as people read it, without the backspaces of bold letters.
text()
{
	mandoc -T ascii "$work/$1.8" | sed "s/.$(printf '\b')//g"
}

commands=$("$reader" --help | sed -n '/^Commands:/,/^$/s/^ \([a-z]*\) .*/\1/p')
check 'there are commands' [ -n "$commands" ]

pages=
for source in "$tools"/man/*.scd; do
	page=$(basename "$source" .8.scd)
	pages="$pages $page"
	check "scdoc takes $page(8)" render "$page"
	check "mandoc finds nothing in $page(8)" lint "$work/$page.8"
	text "$page" >"$work/$page"
done
for page in $pages; do
	[ "$page" = kmemscope ] ||
		check "$page(8) is of a command" \
			grep -qx "${page#kmemscope-}" <<<"$commands"
done

for command in $commands; do
	check "kmemscope(8) has $command" \
		grep -qw -e "$command" "$work/kmemscope"
	check "README has $command" \
		grep -Eq "^\| \`kmemscope ([a-z]*\`, \`)?${command}[\` ]" \
			"$tools/../README.md"
	own=
	if [ -e "$work/kmemscope-$command" ]; then
		own=$work/kmemscope-$command
		check "kmemscope(8) names the page of $command" \
			grep -q -F "kmemscope-$command(8)" "$work/kmemscope"
	fi
	page=kmemscope${own:+-$command}
	check "$command --help names $page(8)" \
		grep -q -F "see $page(8)." <<<"$("$reader" "$command" --help)"
	for option in $("$reader" "$command" --help |
			sed -n 's/^ \(-.,\|   \) \(--[a-z-]*\).*/\2/p'); do
		check "the man page has $command $option" \
			grep -q -e "$option\b" "$work/kmemscope" ${own:+"$own"}
		# What is not common to all lists is on its own page, too.
		case $option in
		--json | --raw | --pairs | --bytes | --help | --version | \
		--output | --output-all | --noheadings | --sort | --top | \
		--diff | --since) ;;
		*) [ -z "$own" ] || check "kmemscope-$command(8) has $option" \
			grep -q -e "$option\b" "$own" ;;
		esac
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
offers '--exit-code' diagnose --ex
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
