# SPDX-License-Identifier: GPL-2.0-only
"""Run kmemscope diagnose on culprits that the test itself starts."""

import contextlib
import json
import pathlib
import resource
import subprocess
import time

import culprit
import fixture
import module
import reader
import theirs
from ktap import Skip, equal, expect, note, retry

# Shorter than by default, so that there is time for many culprits.
SECONDS = 6

# More seconds for start, answers and output.
SLACK = 5

CLEAR = "nothing wrong found: no kernel memory kept growing by more than "

ACT = fixture.PARAMETERS / "act"
LEAK = fixture.PARAMETERS / "leak"
CGROUPS = pathlib.Path("/sys/fs/cgroup")


# What it says if it, or the machine, stood still for seconds.
LATE = ("there was not enough time", "another trace is running")


def diagnose_in_time(seconds):
    """(exit status, its JSON answer); fails if it stood still for too long."""
    started = time.monotonic()
    status, out, err = reader.run("diagnose", "--json", "--seconds",
                                  str(seconds))
    took = time.monotonic() - started
    answer = json.loads(out)
    note(f"{answer['verdict']} {err}")
    expect(not any(text.endswith(LATE) for text in answer["missing"]),
           f"too late; missing: {answer['missing']}")
    expect(took < seconds + SLACK,
           f"--seconds {seconds} took {took:.1f} s")
    for row in answer["findings"]:
        directories = [(each.get("device"), each.get("inode"),
                        each.get("path")) for each in row["directories"]]
        equal(len(directories), len(set(directories)), "directories, each once")
    return status, answer


def diagnose(seconds=SECONDS, status=0):
    """Its answer, of the first of three runs that ends in time."""
    got, answer = retry(lambda: diagnose_in_time(seconds))
    equal(got, status, f"exit status (missing: {answer['missing']})")
    return answer


def finding(answer, kind):
    """The only finding of this kind."""
    found = [row for row in answer["findings"] if row["kind"] == kind]
    kinds = [row["kind"] for row in answer["findings"]]
    expect(len(found) == 1, f"{len(found)} findings {kind} of {kinds}")
    return found[0]


def warned(kind, seconds=SECONDS):
    """(answer, its only finding of this kind), which must be a warning.

    Where the machine stands still, growth is not steady, and then a notice.
    """
    def observe():
        answer = diagnose(seconds)
        row = finding(answer, kind)
        expect(row["severity"] in ("warning", "critical"),
               f"{row['severity']}, {row['sure']}: {row['why_sure']}")
        return answer, row

    answer, row = retry(observe)
    expect(row["why_severe"], "why it is severe")
    equal(answer["healthy"], False, "health")
    equal(answer["severity"], answer["findings"][0]["severity"],
          "the most severe is first")
    return answer, row


def expect_no_alarm(answer):
    """No warning, and no command that stops, drops or changes anything."""
    expect(answer["severity"] in ("ok", "notice"), answer["verdict"])
    equal(answer["healthy"], True, "health")
    expect(answer["verdict"].startswith("nothing "), answer["verdict"])
    for row in answer["findings"]:
        equal(row["severity"], "notice", row["summary"])
        for remedy in row["remedies"]:
            equal(remedy["when"], "later", remedy["text"])
            expect("into" not in remedy, remedy)
            expect(remedy.get("argv", ["kmemscope"])[0] in
                   ("kmemscope", "modinfo"), remedy)


def of_cause(answer, cause, *parts):
    """The only finding of this cause, which has these parts."""
    found = [row for row in answer["findings"] if row["cause"] == cause]
    causes = [row["cause"] for row in answer["findings"]]
    expect(len(found) == 1, f"{len(found)} findings {cause} of {causes}")
    names = {part["name"] for part in found[0]["parts"]}
    expect(names >= set(parts), f"parts {names}")
    return found[0]


def expect_allocator(row, name, *parents, least=80):
    """The allocator of most of it."""
    expect(row["allocators"], f"no allocator is named: {row['unknown']}")
    first = row["allocators"][0]
    equal(first.get("name"), name, "name of the allocator")
    expect(first["traced_percent"] >= least, f"its share: {row['allocators']}")
    expect(first.get("share_percent", 0) <= first["traced_percent"],
           f"its share of the growth: {first}")
    for parent in parents:
        expect(parent in first["parents"], f"parents: {first['parents']}")
    return first


def expect_directory(row, path, fs_type, pattern, least=80):
    """The directory of most of it."""
    expect(row["directories"], f"no directory is named: {row['unknown']}")
    first = row["directories"][0]
    equal((first.get("path"), first["fs_type"]), (str(path), fs_type),
          "directory")
    equal(first.get("pattern"), pattern, "pattern of its names")
    expect(first["share_percent"] >= least, f"its share: {row['directories']}")
    return first


def near(got, want, share, what):
    """Check that a number is within a share of another."""
    expect(abs(got - want) <= share * want, f"{what}: {got}, not {want}")


def test_a_quiet_machine_is_well():
    """It finds nothing, and does not blame its own activity."""
    culprit.drop_caches()
    for seconds in (10, 3):
        answer = diagnose(seconds)
        equal(answer["findings"], [], "findings")
        equal((answer["severity"], answer["healthy"]), ("ok", True),
              "health")
        equal(answer["pressure"]["hurts"], False, "pressure")
        expect(answer["verdict"].startswith(CLEAR), answer["verdict"])
        floor = answer["unseen"]["unreclaimable_bytes_per_second"]
        near(floor, (512 << 10) / (0.9 * seconds), 0.2, "what goes unseen")
        expect("partial" not in answer, "it is partial")
    memory = answer["memory"]
    total = theirs.meminfo()["managed_pages"] * resource.getpagesize()
    near(memory["managed_bytes"], total, 0.001, "memory")
    expect("some_percent" in answer["pressure"],
           f"this kernel has PSI: {answer['pressure']}")
    status, out, _ = reader.run("diagnose", "--seconds", "2", "--exit-code")
    equal(status, 0, "exit status")
    expect("kmemscope diagnose --seconds 600" in " ".join(out.split()), out)
    expect(" ".join(out.split()).startswith(f"Verdict: {CLEAR}"), out)
    whole = ("free", "page_cache", "pinned_cache", "anon", "shmem",
             "hugetlb", "slab_reclaimable", "slab_unreclaimable",
             "kernel_stack", "page_table", "vmalloc", "percpu", "zsmalloc",
             "gpu", "balloon", "unaccounted", "other")
    equal(sum(memory.get(f"{part}_bytes", 0) for part in whole),
          memory["managed_bytes"], "the parts of memory in sum")


def test_lookups_in_ext4():
    """Cache, kind, directory, pattern, process, parents and rate."""
    where = culprit.folder("etc/pki")
    rate = 5000

    def observe():
        """Observe while the storm runs all the time."""
        answer, row = warned("negative_dentries")
        near(row["objects_per_second"], rate, 0.25, "objects a second")
        size = theirs.slabinfo()["dentry"]["size"]
        near(row["bytes_per_second"], rate * size, 0.3, "bytes a second")
        return answer, row

    with culprit.storm("cert-check", "miss", where, ".%lu_dOeSnotExist_.db",
                       rate=rate) as process:
        time.sleep(1)
        answer, row = retry(observe)
    equal((row["cache"], row["reclaimable"]), ("dentry", True), "cache")
    expect(row["sure"] in ("certain", "likely"), row["sure"])
    directory = expect_directory(row, where, "ext4", ".N_dOeSnotExist_.db")
    expect(directory["mounted"], "its path is one of a mount")
    expect_allocator(row, "cert-check", "python3")
    near(directory["dentries_per_second"], rate, 0.5, "dentries a second")
    expect("full_seconds" not in row, "what is reclaimable stays available")
    equal((row["severity"], answer["severity"]), ("warning", "warning"),
          "its harm")
    texts = [remedy["text"] for remedy in row["remedies"]]
    expect(any("NSS_SDB_USE_CACHE=yes" in text for text in texts),
           f"NSS is not recognized: {texts}")
    argvs = [remedy.get("argv") for remedy in row["remedies"]]
    expect(["kill", str(process.pid)] in argvs, f"no kill among {argvs}")


def test_lookups_in_overlayfs():
    """It tells the overlay's own dentries from those of its layers."""
    parts = [culprit.folder(f"ovl/{name}") for name in
             ("lower", "upper", "work", "merged")]
    lower, upper, work, merged = parts
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o",
                    f"lowerdir={lower},upperdir={upper},workdir={work}",
                    merged], check=True)
    try:
        with culprit.storm("layered", "miss", merged, "lib%lu.so.1",
                           rate=3000):
            row = finding(diagnose(), "negative_dentries")
        expect_allocator(row, "layered")
        found = {each["path"]: each for each in row["directories"]}
        expect(str(merged) in found, f"directories: {sorted(found)}")
        equal(found[str(merged)]["fs_type"], "overlay", "type")
        equal(found[str(merged)]["pattern"], "libN.so.1", "pattern")
        for layer in {str(lower), str(upper)} & set(found):
            equal(found[layer].get("overlay"), str(merged), "overlay of it")
    finally:
        subprocess.run(["umount", merged], check=True)


def test_lookups_in_sysfs():
    """sysfs has no disk; before v5.15 it keeps no negative dentries."""
    before = theirs.read("/proc/sys/fs/dentry-state").split()
    # In another directory, so that these names are in no sample below.
    subprocess.run([culprit.STORM, "miss", "/sys/class/tty", "try%lu", "2000"],
                   check=True)
    after = theirs.read("/proc/sys/fs/dentry-state").split()
    if int(after[4]) - int(before[4]) < 1000:
        raise Skip("sysfs keeps no negative dentries")
    with culprit.storm("prober", "miss", "/sys/class/net", "veth%lu",
                       rate=4000):
        row = finding(diagnose(), "negative_dentries")
    expect_allocator(row, "prober")
    expect(row["directories"], f"no directory is named: {row['unknown']}")
    equal((row["directories"][0]["path"], row["directories"][0]["fs_type"]),
          ("/sys/class/net", "sysfs"), "directory")
    equal(row["directories"][0]["pattern"], "vethN", "pattern")


def test_files_that_are_made():
    """Positive dentries and the inodes with them are one cause."""
    where = culprit.folder("spool/out")
    with culprit.storm("spooler", "make", where, "job-%lu.tmp", rate=1500,
                       count=40000):
        answer = diagnose()
    row = of_cause(answer, "file_scan", "dentry", "ext4_inode_cache")
    expect_no_alarm(answer)
    expect_directory(row, where, "ext4", "job-N.tmp")
    expect_allocator(row, "spooler")


def test_inodes_that_are_read():
    """A process reads the inodes of many old files."""
    where = culprit.folder("archive")
    number = 20000
    subprocess.run([culprit.STORM, "make", where, "mail%lu", str(number)],
                   check=True)
    # Inodes that are not written yet stay in the cache.
    deadline = time.monotonic() + 20
    while theirs.slabinfo()["ext4_inode_cache"]["nr_active_objects"] > 3000 \
            and time.monotonic() < deadline:
        culprit.drop_caches()
        time.sleep(0.5)
    with culprit.storm("indexer", "find", where, "mail%lu", rate=2000,
                       count=number):
        answer = diagnose()
        row = finding(answer, "inodes")
    expect_no_alarm(answer)
    equal(row["cache"], "ext4_inode_cache", "cache")
    expect(row["reclaimable"], "it is reclaimable")
    expect_allocator(row, "indexer")
    expect_directory(row, where, "ext4", "mailN")


def test_work_of_a_healthy_host():
    """Copies, archives, and programs by the hundred fill caches only."""
    where = culprit.folder("work")
    work = (
        f"dd if=/dev/zero of={where}/big bs=1M count=150 conv=fsync",
        f"find / -xdev | head -n 20000 >{where}/list",
        f"tar cf {where}/usr.tar /etc /root",
        "i=0; while [ $i -lt 100 ]; do ls / | cat; i=$((i + 1)); done",
    )
    text = "\n".join(f"{each} >/dev/null 2>&1" for each in work)
    with culprit.script("cron.daily", f"while :; do {text}\ndone\n"):
        for _ in range(2):
            answer = diagnose()
            expect_no_alarm(answer)
    status, _, _ = reader.run("diagnose", "--seconds", "2", "--exit-code")
    equal(status, 0, "exit status")


@contextlib.contextmanager
def hardly_any_memory(leave_kib):
    """Fill memory with a file that cannot be reclaimed."""
    folder = culprit.PROGRAMS / "full"
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=95%", "full", folder],
                   check=True)
    try:
        with open(folder / "file", "wb", buffering=0) as file:
            while available_kib() > leave_kib:
                file.write(bytes(256 * 1024))
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def available_kib():
    """MemAvailable."""
    for line in theirs.read("/proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1])
    raise Skip("MemAvailable is not there")


def test_files_that_do_not_fit():
    """Tasks wait for pages that are reclaimed before they are read again."""
    where = culprit.folder("hot")
    subprocess.run(["dd", "if=/dev/zero", f"of={where}/data", "bs=1M",
                    "count=250"], check=True, stderr=subprocess.DEVNULL)

    def observe():
        """Observe until tasks waited for long enough."""
        status, out, err = reader.run("diagnose", "--json", "--exit-code",
                                      "--seconds", str(SECONDS))
        answer = json.loads(out)
        note(f"{status} {answer['verdict']} {err} {answer['pressure']}")
        expect(answer["pressure"]["hurts"], "it hurts")
        equal(status, {"warning": 4, "critical": 5}[answer["severity"]],
              "exit status")
        equal(answer["healthy"], False, "health")
        return answer

    with hardly_any_memory(60 * 1024), \
            culprit.script("reader", "while :; do "
                           f"cat {where}/data >/dev/null; done"):
        time.sleep(3)
        answer = retry(observe)
    for row in answer["findings"]:
        for remedy in row["remedies"]:
            expect(remedy.get("argv", [""])[0] != "kill",
                   f"who reads is not to blame: {remedy}")
    (where / "data").unlink()


def test_two_culprits():
    """Both are named, with their shares."""
    one, other = culprit.folder("two/big"), culprit.folder("two/small")
    with culprit.storm("greedy", "miss", one, "a%lu", rate=4500), \
            culprit.storm("modest", "miss", other, "b%lu", rate=1500):
        time.sleep(1)
        row = finding(diagnose(), "negative_dentries")
    for rows, key, share in ((row["allocators"], "name", "traced_percent"),
                             (row["directories"], "path", "share_percent")):
        shares = {each[key]: each[share] for each in rows}
        for name, want in zip(("greedy", "modest") if key == "name" else
                              (str(one), str(other)), (75, 25)):
            expect(abs(shares.get(name, 0) - want) <= 10,
                   f"{name} has {want} %, not {shares}")


def test_a_leak_of_a_module():
    """It cannot be reclaimed, and the stack names the module."""
    with fixture.Fixture(objects=[1]):
        with culprit.script("leaky", f"while echo 128 500 >{LEAK}; do "
                            "sleep 0.05; done"):
            answer, row = warned("unreclaimable_slab")
    expect(row["cache"].endswith("-128"), row["cache"])
    left = answer["memory"]["available_bytes"] - \
        answer["memory"]["managed_bytes"] / 10
    near(row["full_seconds"], left / row["bytes_per_second"], 0.05,
         "time to full")
    equal(row["severity"], "critical" if row["full_seconds"] <= 3600 else
          "warning", "its harm")
    expect(not row["reclaimable"], "it cannot be reclaimed")
    expect("reclaimable_bytes" not in row, "nor any of it")
    first = expect_allocator(row, "leaky")
    expect(any("kmemscope_fixture" in frame for frame in first["stack"]),
           f"its stack: {first['stack']}")
    expect(any("kmemscope_fixture" in remedy["text"]
               for remedy in row["remedies"]), "the module is named")


def test_pages_that_nobody_accounts_for():
    """Pages that no counter of the kernel has."""
    with fixture.Fixture(objects=[1]):
        with culprit.script("driver", f"while echo take 200 >{ACT}; do "
                            "sleep 0.05; done"):
            answer, row = warned("unaccounted")
    expect(row["sure"] in ("certain", "likely"), row["sure"])
    expect(row["growth_bytes"] > 4 << 20, f"{row['growth_bytes']} bytes")
    equal(row["allocators"], [], "nobody can be named")
    expect(row["unknown"], "and it says so")


@contextlib.contextmanager
def cgroup(name):
    """A cgroup of the unified hierarchy."""
    mounted = (CGROUPS / "cgroup.procs").exists()
    if not mounted:
        subprocess.run(["mount", "-t", "cgroup2", "none", CGROUPS], check=True)
    path = CGROUPS / name
    path.mkdir(parents=True)
    with contextlib.suppress(OSError):
        (CGROUPS / "cgroup.subtree_control").write_text("+memory",
                                                        encoding="ascii")
    try:
        yield path
    finally:
        deadline = time.monotonic() + 10
        while (path / "cgroup.procs").read_text(encoding="ascii") and \
                time.monotonic() < deadline:
            time.sleep(0.05)
        while path != CGROUPS:
            path.rmdir()
            path = path.parent
        if not mounted:
            subprocess.run(["umount", CGROUPS], check=True)


def test_in_a_cgroup_and_a_pid_namespace():
    """It names the process as the host sees it."""
    where = culprit.folder("boxed")
    with cgroup("box") as group:
        def enter():
            (group / "cgroup.procs").write_text("0", encoding="ascii")

        with culprit.running("unshare", "--pid", "--fork", "--mount",
                             culprit.program("tenant"), "miss", where,
                             "x%lu", 0, 4000, before=enter):
            _, row = warned("negative_dentries")
            first = expect_allocator(row, "tenant", "unshare")
            equal(first["cgroup"], "/box", "cgroup")
            expect(first["alive"], "it is alive")
            comm = theirs.read(f"/proc/{first['pid']}/comm").strip()
            equal(comm, "tenant", "the process of that number")
            if (group / "memory.reclaim").exists():
                later = [remedy.get("command", "") for remedy in
                         row["remedies"] if remedy["when"] == "later"]
                expect(any("/sys/fs/cgroup/box/memory.reclaim" in command
                           for command in later), f"remedies: {later}")


def test_in_a_container():
    """A directory with another path in a container, and one only in it."""
    root = culprit.folder("containers/one")
    inside = culprit.folder("containers/one/srv")
    name = "docker/" + "0123456789abcdef" * 4
    with cgroup(name) as group:
        def enter():
            (group / "cgroup.procs").write_text("0", encoding="ascii")

        def contained(program, words):
            return culprit.running(
                "unshare", "--mount", "sh", "-c",
                f"mount --bind {root} /opt && mount -t tmpfs none /srv && "
                f"umount -l /mnt && exec {culprit.program(program)} {words}",
                before=enter)

        with contained("guest", "miss /opt/srv y%lu 0 3000"):
            row = finding(diagnose(), "negative_dentries")
        directory = expect_directory(row, inside, "ext4", "yN")
        equal((directory.get("container"), directory.get("container_path")),
              ("docker 0123456789ab", "/opt/srv"), "container")
        first = expect_allocator(row, "guest")
        equal(first["container"], "docker 0123456789ab", "of the allocator")
        with contained("filler", "make /srv z%lu 0 3000"):
            row = of_cause(diagnose(), "files_made", "dentry",
                           "shmem_inode_cache")
        directory = expect_directory(row, "/srv", "tmpfs", "zN")
        equal(directory.get("container"), "docker 0123456789ab", "container")


def test_short_lived_culprits():
    """Each lives a few ms; together they are one, below their parent."""
    where = culprit.folder("brief")
    # Where the machine is busy a process costs far more time than its names.
    with culprit.script("restarter", f"while :; do {culprit.program('gnat')} "
                        f"miss {where} t%lu 400 0 $((i += 400)); done"):
        time.sleep(1)
        row = retry(lambda: finding(diagnose(), "negative_dentries"))
    first = expect_allocator(row, "gnat", "restarter")
    expect(first["nr_allocs"] > 200, f"{first}")
    expect_directory(row, where, "ext4", "tN")


def test_what_it_says_in_words():
    """The text says the same; commands are printed, and not run."""
    where = culprit.folder("words")
    with culprit.storm("talker", "miss", where, "w%lu", rate=4000) as process:
        def observe():
            """Its text, of a storm that was steady."""
            status, out, err = reader.run("diagnose", "--seconds", "4",
                                          "--exit-code")
            equal((status, err), (4, ""), "status and stderr")
            return out

        out = retry(observe)
        for words in ("Verdict: the dentry cache grows by",
                      "failed lookups in", str(where), "talker", "wN",
                      "Warning, ", "Evidence", "Unknown", "What to do"):
            expect(words in out, f"no {words!r} in:\n{out}")
        expect(all(len(line) < 120 for line in out.splitlines()), out)

        def remedy():
            """Its commands, of a storm that was steady."""
            status, out, err = reader.run("diagnose", "--remedy", "--seconds",
                                          "4")
            equal((status, err), (0, ""), "status and stderr")
            expect(f"\nkill {process.pid}\n" in out, f"no kill in:\n{out}")
            return out

        out = retry(remedy)
        expect("\n# effect: " in out, out)
        time.sleep(0.2)
        equal(process.poll(), None, "the process was left alone")


def test_two_million_and_still_in_time():
    """The walk stays bounded, during the growth and after it."""
    where = culprit.folder("millions")
    culprit.drop_caches()
    share = 1000000
    halves = [subprocess.Popen([culprit.STORM, "miss", where, f"{half}-%lu",
                                str(share)]) for half in range(2)]
    for half in halves:
        equal(half.wait(), 0, "making of a million")
    unused = int(theirs.read("/proc/sys/fs/dentry-state").split()[1])
    expect(unused > 1900000, f"only {unused} are there")
    answer, row = warned("stock", 10)
    equal(row["cache"], "dentry", "cache")
    expect("bytes_per_second" not in row, "it does not grow")
    directory = expect_directory(row, where, "ext4", "N-N")
    near(directory["nr_negative"], 2 * share, 0.1, "names in it")
    equal(row["allocators"], [], "who made it is not known any more")
    other = culprit.folder("newcomer")
    with culprit.storm("upstart", "miss", other, "n%lu", rate=5000):
        row = finding(diagnose(10), "negative_dentries")
    expect_allocator(row, "upstart")
    # Not where the most are, but where it grows.
    expect_directory(row, other, "ext4", "nN", least=50)
    culprit.drop_caches()


def test_parts_that_are_missing():
    """It names them and the reason, goes on, and exits with 3."""
    where = culprit.folder("partly")
    with module.Reloaded("disable=dentry,trace"):
        with culprit.storm("masked", "miss", where, "m%lu", rate=4000):
            answer = diagnose(status=3)
            status, _, _ = reader.run("diagnose", "--json", "--exit-code",
                                      "--seconds", str(SECONDS))
            expect(status in (3, 4), f"what was found counts: {status}")
    row = finding(answer, "negative_dentries")
    equal((row["directories"], row["allocators"]), ([], []),
          "directories and allocators")
    expect(len(row["unknown"]) >= 2, f"{row['unknown']}")
    equal(answer["partial"], True, "partial")
    for word in ("in which directories", "who allocates from dentry"):
        expect(any(word in text for text in answer["missing"]),
               f"{word} is not among {answer['missing']}")


def test_without_the_module():
    """It cannot work without the module."""
    module.unload()
    try:
        status, out, err = reader.run("diagnose", "--seconds", "1")
        equal((status, out), (2, ""), "exit status and output")
        expect("not loaded" in err, err)
    finally:
        module.reload()


# What the number of CPUs can hide.
MANY_CPUS = [test_pages_that_nobody_accounts_for]
