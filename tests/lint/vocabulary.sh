#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# One word for each thing: docs/vocabulary.md. The tables here are the words
# that it replaces, where none of them is left, and what may stay.
#
# usage: vocabulary.sh	in the root of the tree; prints violations, exit 1
set -eu
set -f

tab=$(printf '\t')

# Extend it: a row for a word, or one more place where the word is gone.
#
# where	docs (README and others at the top, docs/, man pages), module, tools,
#	tests; or several of them, with commas
# word	an extended regular expression of a whole word; upper and lower case are
#	the same unless it has a capital
# use	what to write in its place
words() {
	cat <<-'TABLE'
	docs,module,tools	culprits?	allocator
	docs,module,tools,tests	creators?	allocator
	module,tools,tests	[a-z_]+_creators?[a-z_]*|creators?_[a-z_]+	allocator
	docs,module,tests,tools	(heavy )?hitters?	top-k table
	docs	permille	percent, or out of 1000
	docs,module,tools,tests	kept (at hand )?for CPUs	per-CPU free objects
	docs,module,tools	at hand	cached
	docs,tools	looks? (again|at|for|twice)	observe, read
	docs,module,tools	a (longer |last )?look	observation
	docs,tools	looked (at|again)	observed, read
	docs,module,tools,tests	kinds? of records?	record type
	docs	names? that do(es)? not exist	negative dentry, failed lookup
	docs,module,tools	given? back	reclaim
	docs,tools	asked for	requested, or name the request
	docs,tools	so many	up to N
	docs,tools	(is|are|was|were) told	report, print
	docs,module,tools	(is|are|was|were) said	report, print
	docs,module,tools,tests	tells? (it|them)? ?apart	separate, identify
	docs,tools	told apart	separate, identify
	docs	nobody|somebody	no process, another reader
	docs,module,tools,tests	forbids to	forbids -ing
	docs,module,tools,tests	lets nobody	cannot be
	docs,module,tools,tests	% of memory are	memory is
	docs,module,tools	was tried to	we tried to
	docs,module,tools	(MOST|LEAST)_[A-Z_]+	MAX_X, MIN_X
	docs,module,tools,tests	[A-Z_]+_(MOST|LEAST)	MAX_X, MIN_X
	TABLE
}

# file	word of the table, or * for all	why it may stay
exceptions() {
	cat <<-'TABLE'
	docs/vocabulary.md	*	names what it replaces
	docs/abi.md	permille	the unit on the wire
	CHANGELOG.md	creators?	a key that was renamed
	docs/reference.md	*	generated: its words are the spec's
	TABLE
}

# paths_of WHERE: its paths for git, nothing for an unknown one.
paths_of() {
	case $1 in
	docs) echo ':(glob)*.md :(glob)docs/*.md tools/man' ;;
	module) echo 'module' ;;
	tools) echo 'tools :(exclude)tools/man' ;;
	tests) echo 'tests :(exclude)tests/lint/vocabulary.sh' \
		':(exclude)tests/lint/seeds.sh' ;;
	esac
}

# excluded WORD: the files that git leaves out of the search for it.
excluded() {
	exceptions | while IFS=$tab read -r file word _; do
		case $word in
		"$1" | '*') echo ":(exclude)$file" ;;
		esac
	done
}

# search WORD PATH...: the lines that have it.
search() {
	case $1 in
	*[A-Z]*) fold= ;;
	*) fold=-i ;;
	esac
	word=$1
	shift
	# shellcheck disable=SC2046,SC2086 # lists of words; no file is matched
	git grep --untracked -nIwE $fold -e "$word" -- "$@" \
		$(excluded "$word") || [ $? = 1 ]
}

# check WHERE WORD USE: what one row of the table finds.
check() {
	for one in $(echo "$1" | tr , ' '); do
		paths=$(paths_of "$one")
		[ -n "$paths" ] || echo "vocabulary.sh: no place '$one'"
		# shellcheck disable=SC2086 # a list of words
		search "$2" ${paths:-/} | sed "s|\$|  <- write: $3|"
	done
}

found=$(
	exceptions | awk -F "$tab" 'NF < 3 { print $1 ": no reason to stay" }'
	words | while IFS=$tab read -r where word use; do
		check "$where" "$word" "$use"
	done
)
[ -z "$found" ] || {
	echo "$found"
	exit 1
}
