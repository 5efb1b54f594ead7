#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The generated files are what the spec makes of them, and every member of a
# record is a field of the spec. (That every field is a member the compiler
# checks.)
#
# usage: generated.sh	in the root of the tree; prints what is wrong, exit 1
set -eu

status=0
module/spec/generate --check 2>&1 || status=1
tests/fuzz/generate-syzkaller --check 2>&1 || status=1

python3 - <<'EOF' || status=1
import re
import sys

import yaml

with open("module/spec/kmemscope.yaml", encoding="utf-8") as file:
    spec = yaml.safe_load(file)
fields = {
    kind["name"].replace("-", "_"): {attribute["name"].replace("-", "_")
                                     for attribute in kind["attributes"]
                                     if attribute["type"] != "pad"}
    for kind in spec["attribute-sets"]}

with open("module/record/records.h", encoding="utf-8") as file:
    text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
records = dict(re.findall(r"struct ks_(\w+)_record \{(.*?)\n\};", text, re.S))

wrong = [f"struct ks_{name}_record is no attribute set of the spec"
         for name in records if name not in fields]
wrong += [f"attribute set {name} has no struct in records.h"
          for name in fields if name not in records]
for name, body in records.items():
    for member in re.findall(r"\b(\w+)(?:\[[^]]*\])?;", body):
        if member not in fields.get(name, {member}):
            wrong.append(f"ks_{name}_record.{member} is not in the spec")
print("\n".join(wrong))
sys.exit(bool(wrong))
EOF
exit $status
