#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# No two files of module/ or tools/ may need each other, not even by way of
# others. A file is a .c and its header together; tests/lint/rooms.sh holds
# the rooms.
#
# usage: circles.sh	in the root of the tree; prints circles, exit 1 on any
set -eu

git ls-files -co --exclude-standard 'module/*.[ch]' 'tools/*.[ch]' |
python3 -c '
import collections
import os
import re
import sys

paths = [line.strip() for line in sys.stdin]
nouns = {os.path.splitext(path)[0] for path in paths}
needs = collections.defaultdict(set)
for path in paths:
    noun = os.path.splitext(path)[0]
    with open(path, encoding="utf-8") as file:
        included = re.findall(r"^\s*#\s*include\s*\"([^\"]+)\.h\"", file.read(), re.M)
    for name in included:
        # From the root of its half, else from the folder of the file.
        for root in (path.split("/")[0], os.path.dirname(path)):
            other = os.path.join(root, name)
            if other in nouns and other != noun:
                needs[noun].add(other)
                break

# Tarjan (1972): files that reach each other are one component.
number, low, stack, found = {}, {}, [], []


def visit(noun):
    number[noun] = low[noun] = len(number)
    stack.append(noun)
    for other in sorted(needs[noun]):
        if other not in number:
            visit(other)
            low[noun] = min(low[noun], low[other])
        elif other in stack:
            low[noun] = min(low[noun], number[other])
    if low[noun] == number[noun]:
        at = stack.index(noun)
        found.append(sorted(stack[at:]))
        del stack[at:]


for noun in sorted(nouns):
    if noun not in number:
        visit(noun)
circles = [circle for circle in found if len(circle) > 1]
for circle in circles:
    print("need each other: " + ", ".join(circle))
sys.exit(bool(circles))
'
