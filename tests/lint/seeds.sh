#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Make a tree that one linter must complain about: a linter that finds nothing
# anywhere would otherwise look like one that is content.
#
# usage: seeds.sh LINTER	in an empty git tree; $KS_REPO is the real one
#
# Prints what the complaint must contain. To this tree the rest of what the
# linter needs is copied from the real one.
set -eu

copy() {
	for path; do
		mkdir -p "$(dirname "$path")"
		cp -r "$KS_REPO/$path" "$path"
	done
}

case $1 in
rooms)
	mkdir -p module/record module/export module/collect module/watch \
		tools/host tools/diagnose/judge tools/output
	echo '#include "run/view.h"' >module/record/a.c
	echo '#include "internals/symbols.h"' >module/export/b.c
	printf '\tseq_printf(m, "x");\n' >module/collect/c.c
	echo '#if LINUX_VERSION_CODE > 1' >module/collect/d.c
	echo >module/watch/e.c
	echo '#include "client/nl.h"' >tools/host/f.c
	echo '#include "diagnose/tell/text.h"' >tools/diagnose/judge/g.c
	echo '#include "../lib/error.h"' >tools/output/h.c
	cat <<-'EOF'
	module/record/a.c:1: record may not include run/view.h
	module/export/b.c:1: export may not include internals/symbols.h
	module/collect/c.c:1: writes messages
	module/collect/d.c:1: asks for the kernel version
	module/watch/e.c:1: the table has no room watch
	tools/host/f.c:1: host may not include client/nl.h
	diagnose/judge may not include diagnose/tell/text.h
	tools/output/h.c:1: includes by a path upwards
	EOF
	;;
circles)
	mkdir -p module/run tools/lib
	echo '#include "run/b.h"' >module/run/a.c
	echo '#include "c.h"' >module/run/b.h
	echo '#include "run/a.h"' >module/run/c.c
	touch module/run/a.h module/run/c.h
	echo '#include "lib/e.h"' >tools/lib/d.h
	echo '#include "lib/d.h"' >tools/lib/e.h
	echo '#include "lib/d.h"' >tools/lib/d.c
	cat <<-'EOF'
	need each other: module/run/a, module/run/b, module/run/c
	need each other: tools/lib/d, tools/lib/e
	EOF
	;;
marks)
	mkdir module
	cat >module/a.c <<-'EOF'
	/* Another CPU may write it. */
	a = READ_ONCE(b);

	a = READ_ONCE(c);
	WRITE_ONCE(d, 1);	/* read without the lock */
	EOF
	echo 'module/a.c:4: a marked access without its reason'
	;;
generated)
	copy module tools/table tests/fuzz docs
	# A member that the spec does not know, and a file changed by hand.
	sed -i 's/^struct ks_zone_record {/&\n\tu32 nonsense;/' \
		module/record/records.h
	echo '/* changed */' >>module/include/uapi/linux/kmemscope.h
	echo '# changed' >>tests/fuzz/kmemscope.txt
	echo 'changed' >>docs/reference.md
	cat <<-'EOF'
	ks_zone_record.nonsense is not in the spec
	module/include/uapi/linux/kmemscope.h is out of date
	tests/fuzz/kmemscope.txt is out of date
	docs/reference.md is out of date
	EOF
	;;
onefield)
	# A generator that leaves the kernel's tables as they are.
	copy Kbuild dkms.conf module
	sed -i '/"module\/record\/kinds.c":/d' module/spec/generate
	echo 'a field of the spec without its struct member compiled'
	;;
checkpatch)
	copy .checkpatch.conf
	mkdir module
	printf '// SPDX-License-Identifier: GPL-2.0-only\nint a ;\n' >module/a.c
	echo 'SPACING'
	;;
sparse)
	copy Kbuild dkms.conf tests/fixture
	mkdir module
	echo 'obj-m += a.o' >module/Kbuild
	cat >module/a.c <<-'EOF'
	#include <linux/module.h>
	int nonsense(int __user *p);
	int nonsense(int __user *p)
	{
		return *p;
	}
	MODULE_DESCRIPTION("a");
	MODULE_LICENSE("GPL");
	EOF
	echo 'module/a.c:5:9: warning: dereference of noderef expression'
	;;
without)
	copy Kbuild dkms.conf module
	# As it was when no such kernel had been tried.
	sed -i 's/#ifdef CONFIG_NUMA/#if 1/; s/#ifndef CONFIG_NUMA/#if 0/' \
		module/internals/compat/vmstat.h
	echo 'vm_numa_event'
	;;
kerneldoc)
	mkdir module
	printf '/**\n * a() - it\n *\n * Return: it.\n */\nint a(int b);\n' \
		>module/a.h
	echo "'b' not described in 'a'"
	;;
shell)
	# shellcheck disable=SC2016 # what is seeded is not for us to expand
	printf '%s\n' '#!/bin/sh' 'rm $1' 'cd "$1"' >a
	printf '%s\n' '#!/bin/sh' 'for i in "$@"; do echo; done; a=1' >b.sh
	echo 'SC2086'
	echo 'a:3:1: warning: Use '"'cd"
	echo 'b.sh:2'
	;;
python)
	printf '#!/usr/bin/env python3\nprint(1)\n' >a
	printf 'def f(:\n' >b.py
	echo 'a:1: the first line'
	echo 'b.py:1: '
	;;
sizes)
	yes '/* line */' | head -n 601 >a.c
	echo 'a.c: 601 lines'
	;;
commits)
	commit() {
		git -c user.name=a -c user.email=a@b.c commit -q --allow-empty \
			-m "$1" -m "$2"
	}
	commit 'old: what is not checked' ''
	git config kmemscope.commits-since "$(git rev-parse HEAD)"
	commit 'slab: count objects' "Signed-off-by: a <a@b.c>"
	first=$(git log -1 --format=%h --abbrev=12)
	commit 'no room' ''
	commit 'slab: objects are counted' "Signed-off-by: a <a@b.c>"
	commit 'slab: counts objects' "Fixes: $first"
	commit "slab: count $(printf '%070d' 0)" "Fixes: $first (\"slab: no\")"
	cat <<-'EOF'
	("no room"): the subject does not begin with a room and a colon
	("no room"): not signed off
	("slab: objects are counted"): 'objects' is no verb in the imperative
	("slab: counts objects"): 'counts' is no verb in the imperative
	("slab: counts objects"): not the form Fixes:
	the subject has 82 characters, 72 at most
	has the subject "slab: count objects"
	EOF
	;;
vocabulary)
	mkdir tools tests
	echo 'The heavy hitters of a directory.' >README.md
	echo '/* The culprit. */' >tools/a.c
	echo 'x = MOST_ENTRIES;' >tools/b.c
	echo 'the most entries, and the culprit of a test' >tests/c
	cat <<-'EOF'
	README.md:1:The heavy hitters of a directory.  <- write: top-k table
	tools/a.c:1:
	tools/b.c:1:
	EOF
	;;
links)
	printf '[a](b.md) [c](c.md#not-there) [d](#a-heading) [e](c.md#a-heading)\n' \
		>a.md
	printf '# A heading\n' >c.md
	cat <<-'EOF'
	a.md: no file b.md
	a.md: no heading c.md#not-there
	a.md: no heading #a-heading
	EOF
	;;
paths)
	echo "see /ho""me/somebody/notes" >a
	echo "from http://deb.deb""ian.org/" >b
	pwd >c
	echo 'a:1:'
	echo 'b:1:'
	;;
*)
	echo "seeds: no linter $1" >&2
	exit 2
	;;
esac
