#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# views.sh READER: whole commands against the answers in fixture/, which the
# stand-in for client/nl.c gives.  It holds in any locale.

# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"

fixture=$(cd "$(dirname "$0")/fixture" && pwd)
KMS_FAKE=$fixture/host
export KMS_FAKE

# prints TEXT ARGUMENT...: the reader must print exactly that.
prints()
{
	expected=$1
	shift
	timeout 20 "$reader" "$@" >"$work/out" 2>"$work/err" || :
	if [ "$(cat "$work/out")" = "$expected" ]; then
		ok "kmemscope $* prints"
	else
		not_ok "kmemscope $* prints" \
			"$(cat "$work/out" "$work/err")"
	fi
}

# json FILTER ARGUMENT...: what the reader prints must satisfy jq.
json()
{
	filter=$(printf '%s' "$1" | tr -s '[:space:]' ' ')
	shift
	"$reader" "$@" >"$work/out" 2>"$work/err" || :
	check "kmemscope $*: $filter" jq -e "$filter" "$work/out"
}

prints "\
NAME                 TOTAL_BYTES WASTED_BYTES NR_OBJECTS NR_ACTIVE_OBJECTS SIZE NR_SLABS RECLAIMABLE
odd name\\x01\\xff\\x5c         16E            -          1                 -    -        1           -
ext4_inode_cache          128.8M         7.4M     111240            111240 1176     4120           1
dentry                     27.3M         443K     147021            146992  192     7001           1
kmalloc-64                  324K            -       5184                 -   64       81           0" \
	slab
prints "\
NAME       SIZE
kmalloc-64   64
dentry      192" slab --sort +size --top 2 -o name,SIZE
# Without headings the columns are as wide as libsmartcols likes.
try 0 '' slab -n --top 1 -o name,total-bytes dentry
check '-n prints the cells alone' grep -Eqx 'dentry +27\.3M' "$work/out"
prints "\
NAME   NODE TOTAL_BYTES WASTED_BYTES NR_OBJECTS NR_ACTIVE_OBJECTS NR_SLABS NR_PARTIAL_SLABS
dentry    1          4K            -          -                 -        1                -" \
	slab --node 1
prints "\
NODE ZONE   MANAGED_PAGES FREE_PAGES PCP_PAGES MIN_PAGES LOW_PAGES HIGH_PAGES LARGEST_FREE_ORDER
   0 DMA32         124000      99000         -         -         -          -                 10
   1 Normal        250000          0         -         -         -          -                  -" \
	zone
prints "\
NODE UNACCOUNTED_PAGES
   0               -17
   1              9000
   -              8983" node -o node,unaccounted_pages
prints "\
NODE ZONE NAME     VALUE
   0 -    nr_dirty    17" counters nr_dirty
prints "\
dentry 28676096" slab -rn -o name,total_bytes dentry
prints "\
NAME=\"dentry\" NODE=\"0\"
NAME=\"dentry\" NODE=\"1\"" slab --per-node -P -o name,node --sort +node
prints "\
odd\\x20name\\x01\\xff\\x5c" slab -rn -o name --top 1
try 0 '' status
check 'status is aligned' grep -q '^canary_nr_found:         37$' "$work/out"
check 'status has times for people' \
	grep -q '^slab_mutex_longest_ns:   1.2ms$' "$work/out"
check 'status has what is absent' \
	grep -q '^zone_lock_longest_ns:    -$' "$work/out"
check 'status tells why a collector is off' grep -q \
	'^migratetype off .* switched off by a module parameter$' "$work/out"
try 0 '' status -b
check 'status -b is exact' grep -q '^slab_mutex_longest_ns: *1203400$' "$work/out"

json '.status.canary_nr_found == 37 and (.collectors | length) == 2 and
      .status.zone_lock_longest_ns == null and .version == "0.1.0"' status -J
json '.slabs | length == 4' slab -J
json '.slabs[] | select(.name == "dentry") | .total_bytes == 28676096' slab -J
json '.slabs[0].name == "odd name\\x01\\xff\\x5c"' slab -J
json '[.slabs[] | select(.name == "kmalloc-64") | has("wasted_bytes")] ==
      [false]' slab -J
json '(.boottime_ns | type) == "number" and (.boot_id | length) == 36 and
      .request == null' slab -J
json '.request == {"filters": {"name": ["dentry"]}, "columns": ["size"],
      "top": 3} and .slabs == [{"size": 192}]' slab -J -o size --top 3 dentry
json '.slab_nodes | length == 2' slab --per-node -J
json '[.slabs[] | select(.coverage_percent == 100) | .name] | sort ==
      ["dentry", "ext4_inode_cache"]' slab -J
prints "\
NAME             COVERAGE_PERCENT
dentry                      100.0
ext4_inode_cache            100.0" \
	slab -o name,coverage-percent --sort +name dentry ext4_inode_cache
# Of several forms the last one counts.
prints "NAME=\"dentry\"" slab -J -r -P -o name dentry
json '.zones | length == 2' zone -J
json '.orders | map(.extfrag_index) == [-1000, -1000]' buddy -J
json '.nodes | map(has("node")) == [true, true, false]' node -J
json '.partial and (.counters | length == 2)' counters -J

# Without jobs it goes on, and says what that leaves out.
json '.partial and (has("healthy") | not) and .findings == [] and (.missing | length) == 1 and
      .memory.free_bytes == 405504000 and
      .severity == "ok" and (.pressure.hurts | type) == "boolean" and
      .unseen.with_longer_observation.seconds == 600 and
      .unseen.pages_bytes_per_second > 0 and (.unseen.not_examined | length) > 0 and
      (.observed_ns | type) == "number" and
      .version == "0.1.0"' diagnose -J --seconds 1
try 3 'some parts could not be examined, so the answer is partial' \
	diagnose --seconds 1
check 'the verdict is first' grep -q '^Verdict: nothing wrong found, but' \
	"$work/out"
check 'what is missing is named' grep -q '^- in which directories' "$work/out"
try 3 'some parts could not be examined, so the answer is partial' \
	diagnose --seconds 1 --remedy
check 'no remedy is needed' grep -q '^# nothing wrong found' "$work/out"

# The exit status is of what was found only if that is asked for.
sed '/name=kmalloc-64 /s/total_bytes=331776/total_bytes=331776000/' \
	"$fixture/host" >"$work/leaked"
KMS_FAKE=$work/leaked
try 3 'some parts could not be examined, so the answer is partial' \
	diagnose --seconds 1
check 'a stock that cannot be reclaimed is a warning' \
	grep -q '^   Warning, possible: ' "$work/out"
got=0
"$reader" diagnose --seconds 1 --exit-code >"$work/out" 2>"$work/err" || got=$?
check 'with --exit-code a warning exits with 4' [ "$got" -eq 4 ]
check 'and prints the verdict' grep -q '^Verdict: ' "$work/out"
KMS_FAKE=$fixture/host
try 3 'some parts could not be examined, so the answer is partial' \
	diagnose --seconds 1 --exit-code

# Libraries that only diagnose needs cost the others nothing.
loads_only_its_own()
{
	LD_DEBUG=libs "$reader" "$@" 2>&1 >/dev/null |
		grep -q -e libsystemd -e libmount -e libproc2 && return 1
	LD_DEBUG=libs "$reader" "$@" 2>&1 >/dev/null | grep -q libmnl
}

check 'slab loads no library that it does not need' loads_only_its_own slab

# What is not ASCII is as the locale can take it; libsmartcols must not hang.
KMS_FAKE=$fixture/odd
if [ "$(locale charmap)" = UTF-8 ]; then
	cafe=café wide=a漢
	prints "\
NAME   SIZE
café      1
a漢       2
-         3
a\\x5cb    4
-         5" slab -o name,size --sort +size
else
	cafe='caf\xc3\xa9' wide='a\xe6\xbc\xa2'
	prints "\
NAME          SIZE
caf\\xc3\\xa9      1
a\\xe6\\xbc\\xa2    2
-                3
a\\x5cb           4
-                5" slab -o name,size --sort +size
fi
prints "\
$cafe 1
$wide 2
\\x2d 3
a\\x5cb 4
- 5" slab -rn -o name,size --sort +size
prints "NAME=\"$cafe\"" slab -P -o name --sort +size --top 1
json '.slabs | map(.name) | contains(["café", "a漢", "-"])' slab -J
try 0 '' status
check 'status prints it as well' grep -q -F -e "$wide" "$work/out"
KMS_FAKE=$fixture/host

# What begins to grow late in a look is traced all the same.  Once refused, it
# is tried again, but told of once.
KMS_FAKE_LATER=$fixture/later
KMS_FAKE_LATER_SECONDS=2.8
export KMS_FAKE_LATER KMS_FAKE_LATER_SECONDS
json '[.missing[] | select(startswith("who allocates from dentry"))] |
      length == 1' \
	diagnose -J --seconds 4
unset KMS_FAKE_LATER KMS_FAKE_LATER_SECONDS

try 0 '' off
try 0 '' on
try 1 'no such slab' slab nonesuch
try 1 'no such slab' slab dentry nonesuch
try 1 'no such slab_node' slab --node 2
try 2 'the migratetype collector is off: .*' buddy --migratetypes
try 2 'the migratetype collector is off: .*' buddy --migratetype Movable
try 3 'the answer is partial' counters
check 'a partial answer is printed' [ "$(wc -l <"$work/out")" -eq 3 ]

# Differences, from a file and from two looks.
"$reader" slab -J >"$work/older"
"$reader" slab -J -o name,total_bytes >"$work/columns"
"$reader" slab -J -o total_bytes >"$work/keyless"
"$reader" slab -J dentry >"$work/dentry"
"$reader" slab -J --top 2 >"$work/top"
"$reader" counters -J >"$work/counters" 2>"$work/err"
"$reader" node -J >"$work/node"
sed 's/"boot_id":"./"boot_id":"_/' "$work/older" >"$work/boot"
KMS_FAKE=$fixture/later

prints "\
NAME                 TOTAL_BYTES WASTED_BYTES NR_OBJECTS NR_ACTIVE_OBJECTS NR_SLABS NR_PARTIAL_SLABS
odd name\\x01\\xff\\x5c        -16E            -         -1                 -       -1                -
ext4_inode_cache         -128.8M        -7.4M    -111240           -111240    -4120                0
dentry                    +27.3M      +437.5K    +147000           +147000    +7000                0
brand_new                  +128K         +28K       +128              +100       +4               +4" \
	slab --diff "$work/older"
prints "\
dentry 28672000
brand_new 131072" slab -n --diff "$work/older" -o name,total_bytes -r \
	dentry brand_new kmalloc-64
prints "\
NAME                           TOTAL_BYTES
dentry                           +28672000
brand_new                          +131072
ext4_inode_cache                -135004160
odd name\\x01\\xff\\x5c -18446744073709551615" \
	slab --diff "$work/columns" -b -o name,total_bytes --sort -total_bytes
prints "\
NAME   TOTAL_BYTES
dentry      +27.3M" slab --diff "$work/dentry" -o name,total_bytes dentry
prints '' slab --diff "$work/older" kmalloc-64
prints "\
NODE FREE_PAGES UNACCOUNTED_PAGES
   -        -10                +7
   0        -10                +7" \
	node --diff "$work/node" -o node,free_pages,unaccounted_pages
json '.since.boottime_ns < .boottime_ns and .since.boot_id == .boot_id and
      (.seconds | type) == "number" and (.slabs | length) == 4' \
	slab --diff "$work/older" -J
cp "$work/out" "$work/difference"
check 'a difference below INT64_MIN is exact' \
	grep -q '"total_bytes":-18446744073709551615[,}]' "$work/difference"

try 1 '.*/boot: is from another boot .*' slab --diff "$work/boot"
try 1 '.*/top: was saved with --top.*' slab --diff "$work/top"
try 1 '.*/keyless: was saved without the column NAME' \
	slab --diff "$work/keyless"
try 1 '.*/dentry: was saved with other filters.*' slab --diff "$work/dentry"
try 1 '.*/difference: is a difference, not.*' \
	slab --diff "$work/difference"
try 1 '.*/older: is not a --json answer of this command.*' \
	zone --diff "$work/older"
try 1 'no such slab' slab --diff "$work/older" nonesuch

KMS_FAKE=$fixture/host
try 3 'the answer is partial' counters --diff "$work/counters"
KMS_FAKE_LATER=$fixture/later
export KMS_FAKE_LATER
prints "\
NAME   TOTAL_BYTES
dentry      +27.3M" slab --since 0.01 -o name,total_bytes --top 1 --sort -total_bytes
json '.seconds >= 0.2 and (.slabs | length) == 4' slab -J --since 0.2
finish
