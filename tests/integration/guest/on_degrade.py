# SPDX-License-Identifier: GPL-2.0-only
"""Whatever a kernel lacks turns off one collector, with the reason.

Parameters of the module simulate it: they keep a collector off, or pretend that
a symbol, a struct member, the BTF or the canary is missing.
"""

import errno

import fixture
import module
import reader
import spec
import tables
import theirs
import wire
from ktap import equal, expect, note

# Collector -> its record types.
KINDS = {
    "slab": ["slab", "slab_node"],
    "zone": ["zone"],
    "buddy": ["buddy"],
    "migratetype": ["migratetype"],
    "node": ["node"],
    "counter": ["counter"],
    "dentry": ["dentry", "dentry_superblock", "dentry_directory",
               "dentry_name"],
    "trace": ["trace"],
}

# The collectors that count slab objects.
SLAB = ["slab", "trace"]


def teardown():
    """Load the module without parameters."""
    module.reload()


def names(field):
    """A list of the status record, empty if absent."""
    return [name for name in wire.shared().status().get(field, "").split(",")
            if name]


def reasons():
    """The collectors that are off: {name: reason}."""
    return {row["name"]: row["reason"] for row in wire.records("collector")
            if row["state"] != "on"}


def expect_off(off, words):
    """Check that only these are off, for a reason with these words."""
    equal(sorted(names("collectors_off")), sorted(off), "collectors off")
    equal(sorted(names("collectors_on")), sorted(set(KINDS) - set(off)),
          "collectors on")
    equal(sorted(reasons()), sorted(off), "collectors with a reason")
    for name, reason in reasons().items():
        note(f"{name}: {reason}")
        expect(words in reason, f"{name}: {reason!r} does not name {words}")
    for name, kinds in KINDS.items():
        for kind in kinds:
            (expect_refused if name in off else expect_answers)(kind, words)
    expect(any(words in line for line in module.log()[-1:]),
           f"the load line does not name {words}: {module.log()[-1:]}")


def expect_refused(kind, words):
    """Check that netlink, reader and debugfs refuse a type with the reason."""
    refused = wire.refused(wire.records, kind)
    expect(refused, f"{kind} answers")
    equal(wire.error_name(refused.errno), "EOPNOTSUPP", f"error of {kind}")
    expect(words in refused.text, f"{kind}: {refused.text!r}")
    status, out, err = reader.run(*reader.COMMANDS[kind])
    equal((status, out), (2, ""), f"the reader's status and output of {kind}")
    expect(words in err, f"the reader said {err!r}")
    if kind not in tables.FILES:
        return
    try:
        tables.path(kind).read_text(encoding="utf-8")
    except OSError as error:
        expect(error.errno in (errno.EOPNOTSUPP, errno.ENOENT),
               f"debugfs {kind}: {error}")
    else:
        expect(False, f"debugfs {kind} opens")


def expect_answers(kind, _words):
    """Check that a type has records."""
    expect(wire.records(kind), f"{kind} is empty")


def test_everything_is_on_by_default():
    """Else the tests below would show nothing."""
    expect_off([], "")
    status = wire.shared().status()
    # The canary waits two seconds for the worker of each CPU.
    for _ in range(3):
        if status["canary_nr_cpus"] == 2:
            break
        module.reload()
        status = wire.shared().status()
    equal(status["canary_nr_found"], status["canary_nr_objects"],
          "canary objects found")
    expect("exact_off" not in status, f"{status.get('exact_off')}")
    equal((status["canary_nr_nodes"], status["canary_nr_cpus"]), (2, 2),
          "nodes and CPUs of the canary")


def test_each_collector_can_be_kept_off():
    """disable=NAME, for each collector."""
    for name in KINDS:
        module.reload(f"disable={name}")
        expect_off([name], "disable")


def test_all_collectors_can_be_kept_off():
    """Status still answers."""
    module.reload("disable=" + ",".join(KINDS))
    expect_off(list(KINDS), "disable")


def test_unknown_collector_is_refused():
    """EINVAL, and the log names it."""
    wire.forget()
    module.unload()
    status, said = module.load("disable=slab,nonsense")
    expect(status, "insmod succeeded")
    expect("Invalid" in said, f"insmod said {said!r}")
    last = module.log()[-1]
    expect("nonsense" in last and "disable" in last, f"the log says {last!r}")
    expect(not module.loaded(), "the module is loaded")
    module.reload()


def test_missing_slab_symbols():
    """Each of them turns off what counts slab objects."""
    for symbol in ("slab_caches", "slab_mutex"):
        module.reload(f"pretend_missing={symbol}")
        expect_off(SLAB, symbol)


def test_missing_names():
    """The names of counters, and of migrate types."""
    module.reload("pretend_missing=vmstat_text")
    expect_off(["counter"], "vmstat_text")
    module.reload("pretend_missing=migratetype_names")
    expect_off(["migratetype"], "migratetype_names")


def test_missing_dentry_symbols():
    """Without the table there is no walk, without the counters no counts."""
    for symbol in ("dentry_hashtable", "d_hash_shift"):
        module.reload(f"pretend_missing={symbol}")
        expect_off(["dentry"], symbol)
    module.reload("pretend_missing=nr_dentry_unused")
    expect_off([], "")
    total, = wire.records("dentry")
    for field in ("nr_dentries", "nr_unused", "nr_unused_negative",
                  "nr_unhashed", "total_bytes"):
        expect(field not in total, f"{field} is {total.get(field)}")
    expect(total["nr_hashed"] > 0, "the walk found nothing")


def test_missing_btf():
    """Without BTF no private layout is known."""
    module.reload("pretend_missing=btf")
    expect_off(SLAB, "BTF")


def test_missing_members():
    """Each private member that is read, under all its names.

    The reason names the last of them if they exclude each other, else the
    first.
    """
    for members, named in (
            ("kmem_cache.list", "kmem_cache.list"),
            ("kmem_cache.oo", "kmem_cache.oo"),
            ("kmem_cache.per_node,kmem_cache.node", "kmem_cache.node"),
            ("kmem_cache_node.partial", "kmem_cache_node.partial"),
            ("kmem_cache_node.nr_slabs", "kmem_cache_node.nr_slabs"),
            ("slab.slab_list,page.slab_list", "slab.slab_list"),
            ("slab.inuse,page.inuse", "slab.inuse")):
        module.reload(f"pretend_missing={members}")
        expect_off(SLAB, named)


def test_dead_canary():
    """A wrong count of the canary keeps the slab collector off."""
    module.reload("pretend_missing=canary")
    expect_off(SLAB, "canary")
    status = wire.shared().status()
    expect(status.get("canary_nr_found") != status.get("canary_nr_objects")
           or "canary_nr_found" not in status, f"status {status}")


def test_several_at_once():
    """Each collector has its own reason."""
    module.reload("pretend_missing=btf,vmstat_text", "disable=zone")
    equal(sorted(names("collectors_off")), ["counter", "slab", "trace", "zone"],
          "collectors off")
    for name, words in (("slab", "BTF"), ("counter", "vmstat_text"),
                        ("zone", "disable")):
        expect(words in reasons()[name], f"{name}: {reasons()[name]}")


def test_unknown_terms_of_the_node_record_are_absent():
    """Without the table of pools, hugetlb and the rest are unknown."""
    module.reload("pretend_missing=hugetlb_max_hstate")
    for row in wire.records("node"):
        for field in ("hugetlb_pages", "unaccounted_pages"):
            expect(field not in row, f"{row.get('node')} has {field}")
    if any(name == "nr_vmalloc" for _, name in theirs.zoneinfo()[2]):
        return  # counted by node here, without a symbol of its own
    module.reload("pretend_missing=nr_vmalloc_pages")
    host = [row for row in wire.records("node") if "node" not in row][0]
    for field in ("vmalloc_pages", "unaccounted_pages"):
        expect(field not in host, f"the host has {field}")
    for row in wire.records("node"):
        if "node" in row:
            expect("unaccounted_pages" in row, f"node {row['node']}")


def kernel_names():
    """The names of the kernel's symbols, without modules."""
    return {line.split()[2] for line in theirs.read("/proc/kallsyms")
            .splitlines() if "[" not in line}


def test_a_name_of_another_module_is_not_the_kernel_s():
    """The fixture has variables with names that some kernels lack."""
    names_of_fixture = {"nr_vmalloc_pages", "nr_memmap_pages"}
    lacking = names_of_fixture - kernel_names()
    with fixture.Fixture(objects=[1]):
        before = len(module.log())
        module.reload()
        said = module.log()[before:]
        for name in names_of_fixture:
            equal(any(f"{name} belongs to a module" in line for line in said),
                  name in lacking, f"{name} is refused")
        host = [row for row in wire.records("node") if "node" not in row][0]
        equal("memmap_pages" in host, "nr_memmap_pages" not in lacking,
              "memmap_pages")
        expect(host["vmalloc_pages"] < host["managed_pages"], f"{host}")
    note(f"lacking: {sorted(lacking)}")


def test_without_kallsyms_only_the_public_part_is_on():
    """Collectors that need no unexported symbol still work."""
    module.reload("pretend_missing=kallsyms_lookup_name")
    expect_off([*SLAB, "migratetype", "counter", "dentry"],
               "kallsyms_lookup_name")


def test_without_what_cpus_keep_only_exact_counts_are_off():
    """Only exact counts need the per-CPU lists, and their refusal says why."""
    module.reload("pretend_missing=kmem_cache.offset")
    expect_off(["trace"], "kmem_cache.offset")
    refused = wire.refused(wire.shared().dump, "slab", exact=True)
    expect(refused, "an exact count without kmem_cache.offset")
    equal(wire.error_name(refused.errno), "EOPNOTSUPP", "its error")
    expect("kmem_cache.offset" in refused.text, refused.text)
    expect("kmem_cache.offset" in wire.shared().status()["exact_off"],
           "status does not name it")
    status, out, err = reader.run("slab", "--exact")
    equal((status, out), (2, ""), "the reader's status and output")
    expect("kmem_cache.offset" in err, f"the reader said {err!r}")
    refused = wire.refused(wire.shared().start_job, "slab")
    expect(refused and "kmem_cache.offset" in refused.text, f"job: {refused}")


def test_the_list_of_kinds_is_whole():
    """A new collector must be tested here too."""
    equal(sorted(kind for kinds in KINDS.values() for kind in kinds),
          sorted(kind.name for kind in
                 [*spec.DUMPS, *spec.JOBS, spec.KINDS["trace"]]
                 if kind.name != "collector"), "kinds")
