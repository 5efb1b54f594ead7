#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Commit messages are as CONTRIBUTING.md wants them: "room: do this" in the
# imperative, at most 72 characters, signed off, Fixes: in the kernel's form.
# Older commits, and merges, are left alone. git config kmemscope.commits-since
# names another commit to begin after.
#
# usage: commits.sh	in the root of the tree; prints violations, exit 1
set -eu

since=$(git config --get kmemscope.commits-since ||
	echo 750954dab08636e5090efc46c3ef644341405c41)

if ! git cat-file -e "$since^{commit}" 2>/dev/null; then
	echo "nothing to check: this clone does not reach back to $since"
	exit 0
fi

# is_imperative WORD: a guess, by what cannot begin an order.
is_imperative() {
	case $1 in
	*[!a-z-]*) return 1 ;;
	a | an | the | this | that | these | those | there | it | its | one) return 1 ;;
	what | who | which | where | when | how | why | whether) return 1 ;;
	no | not | none | nothing | each | every | all | both | some | more) return 1 ;;
	in | on | of | by | for | from | with | without | under | after) return 1 ;;
	embed | feed | need | seed | speed | bring | *ss | bias | focus) ;;
	*ed | *ing | *s) return 1 ;;
	esac
}

check_subject() {
	case $1 in
	'Revert "'*) return ;;
	esac
	if ! echo "$1" | grep -Eq '^[A-Za-z0-9_./-]+((, | )[A-Za-z0-9_./-]+)*: [^ ]'; then
		echo "the subject does not begin with a room and a colon"
		return
	fi
	verb=${1#*: }
	is_imperative "${verb%% *}" ||
		echo "'${verb%% *}' is no verb in the imperative"
	[ "${#1}" -le 72 ] || echo "the subject has ${#1} characters, 72 at most"
	case $1 in
	*.) echo "the subject ends with a full stop" ;;
	esac
}

# check_fixes LINE: it names a commit by 12 digits, and its subject.
check_fixes() {
	if ! echo "$1" | grep -Eq '^Fixes: [0-9a-f]{12} \(".+"\)$'; then
		echo "not the form Fixes: 0123456789ab (\"subject\"): $1"
		return
	fi
	id=${1#Fixes: }
	subject=$(git log -1 --format=%s "${id%% *}" -- 2>/dev/null) || return 0
	[ "$1" = "Fixes: ${id%% *} (\"$subject\")" ] ||
		echo "${id%% *} has the subject \"$subject\""
}

check_body() {
	echo "$1" | grep -q '^Signed-off-by: .* <.*>$' ||
		echo "not signed off: use git commit -s"
	echo "$1" | grep -i '^fixes:' | while read -r line; do
		check_fixes "$line"
	done
}

found=$(git rev-list --no-merges "$since..HEAD" | while read -r commit; do
	{
		check_subject "$(git log -1 --format=%s "$commit")"
		check_body "$(git log -1 --format=%b "$commit")"
	} | sed "s|^|$(git log -1 --format='%h ("%s")' "$commit" |
		sed 's/[&|\\]/\\&/g'): |"
done)
[ -z "$found" ] || {
	echo "$found"
	exit 1
}
