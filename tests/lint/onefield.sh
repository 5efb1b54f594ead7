#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A field is written once in the spec and once as a struct member: one in the
# spec alone does not compile, and one in both needs no other edit.
#
# usage: onefield.sh	in the root of the tree; prints what is wrong, exit 1
set -eu

headers=$("$KS_REPO/tests/vm/kernel" headers 6.12)
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
cp -r Kbuild dkms.conf module "$build"
mkdir -p "$build/tools/table"
cd "$build"

compile() {
	make -s -C "$headers" M="$build" module/record/kinds.o >said 2>&1
}

# A field at the end of the attribute set zone.
python3 - module/spec/kmemscope.yaml <<'EOF'
import re
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    text = file.read()
field = """      -
        name: nonsense-pages
        type: u64
        doc: Nothing.
"""
text, count = re.subn(r"(\n    name: zone\n.*?\n)(  -\n)",
                      lambda m: m[1] + field + m[2], text, 1, re.S)
assert count == 1, "the spec has no set zone"
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write(text)
EOF
module/spec/generate >said
if compile; then
	echo "a field of the spec without its struct member compiled"
	exit 1
fi
grep -q 'no member named .nonsense_pages' said || {
	echo "the compiler does not name the member that is missing:"
	cat said
	exit 1
}

sed -i 's/^struct ks_zone_record {/&\n\tu64 nonsense_pages;/' \
	module/record/records.h
compile || {
	echo "a field with its struct member does not compile:"
	cat said
	exit 1
}
grep -q '"nonsense_pages"' tools/table/kinds.c || {
	echo "the reader's columns lack the field"
	exit 1
}
grep -q 'uint64_t nonsense_pages;' tools/table/records.h || {
	echo "the reader's records lack the field"
	exit 1
}
