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
	docs,module	creators?	allocator
	docs,tools	(heavy )?hitters?	top-k table
	docs	permille	percent, or out of 1000
	docs	kept (at hand )?for CPUs	per-CPU free objects
	docs	at hand	cached
	docs	looks? (again|at|for|twice)	observe, read
	docs,module	a (longer |last )?look	observation
	docs	looked (at|again)	observed, read
	docs	kinds? of record	record type
	docs	names? that do(es)? not exist	negative dentry, failed lookup
	docs	given? back	reclaim
	docs	asked for	requested, or name the request
	docs	so many	up to N
	docs	(is|are|was|were) told	report, print
	docs	(is|are|was|were) said	report, print
	docs,tools,tests	tells? (it|them)? ?apart	separate, identify
	docs	told apart	separate, identify
	docs	nobody|somebody	no process, another reader
	docs,tools	forbids to	forbids -ing
	docs,tools,tests	lets nobody	cannot be
	docs,tools,tests	memory are	memory is
	docs,module,tools	was tried to	we tried to
	docs,module,tools	(MOST|LEAST)_[A-Z_]+	MAX_X, MIN_X
	docs,module,tests	[A-Z_]+_(MOST|LEAST)	MAX_X, MIN_X
	TABLE
}

# file	word of the table, or * for all	why it may stay
exceptions() {
	cat <<-'TABLE'
	docs/vocabulary.md	*	names what it replaces
	docs/reference.md	*	generated: its words are the spec's
	README.md	given? back	what the program prints
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
