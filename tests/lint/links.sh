#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Each link of a Markdown file to another file of the tree leads somewhere, its
# heading as well. Links to other hosts are not followed.
#
# usage: links.sh	in the root of the tree; prints findings, exit 1 on any
set -eu

files=$(git ls-files -co --exclude-standard '*.md')
# shellcheck disable=SC2086 # a list of files
python3 - $files <<'EOF'
import pathlib
import re
import sys


def anchor(heading):
    """The name that a heading gets where Markdown is shown."""
    text = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return text.replace(" ", "-")


def plain(path):
    """The file without its examples and code."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)


def has_heading(path, name):
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.M)
    return name in [anchor(h) for h in headings]


status = 0
for name in sys.argv[1:]:
    source = pathlib.Path(name)
    for link in re.findall(r"\]\(([^)\s]+)\)", plain(source)):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, heading = link.partition("#")
        target = source.parent / file if file else source
        if not target.exists():
            print(f"{name}: no file {link}")
            status = 1
        elif heading and not has_heading(target, heading):
            print(f"{name}: no heading {link}")
            status = 1
sys.exit(status)
EOF
