# SPDX-License-Identifier: GPL-2.0-only
"""Compare dentries with dentry-state, and with names that the test made."""

import errno
import os
import pathlib
import subprocess
import threading

import culprit
import fixture
import module
import reader
import tables
import theirs
import wire
from ktap import Failure, Skip, equal, expect, note, retry

DISK = pathlib.Path("/mnt")
KINDS = ("dentry", "dentry_superblock", "dentry_directory", "dentry_name")

# More than any walk takes: on a busy machine the default covers a part only.
BUDGET_MS = 30_000

# Of many directories these have the most dentries. Checkers make each name ten
# times slower.
SHARES = {"many": 90000, "some": 45000, "few": 15000}
if module.HAS_CHECKERS:
    SHARES = {name: number // 10 for name, number in SHARES.items()}


def device(path):
    """The device number of a path, as records have it."""
    number = os.stat(path).st_dev
    return f"{os.major(number)}:{os.minor(number)}"


def look_up(folder, number, pattern="missing_{}"):
    """Look up `number` names that do not exist."""
    prefix = str(folder) + "/"
    for i in range(number):
        os.access(prefix + pattern.format(i), os.F_OK)


def make(folder, number):
    """Create `number` files."""
    for i in range(number):
        (folder / f"file_{i:05}").touch()


def folder_of(name):
    """A new folder on the disk."""
    folder = DISK / name
    folder.mkdir()
    return folder


def walk(*kind_names):
    """The records of one walk that has time for the whole table."""
    return wire.by_job(*kind_names, budget_ns=BUDGET_MS * 1_000_000)


def find(rows, folder):
    """The record of a directory."""
    inode = os.stat(folder).st_ino
    found = [row for row in rows if row["inode"] == inode
             and row["device"] == device(folder)]
    expect(len(found) == 1, f"{folder}: {len(found)} records")
    return found[0]


def dentry_state():
    """The kernel's counts: all dentries, unused ones, unused negative ones."""
    words = theirs.read("/proc/sys/fs/dentry-state").split()
    return int(words[0]), int(words[1]), int(words[4])


def quiet(count, agrees, times=5, tries=40):
    """(counts of the kernel, result of count()) while the former hold still.

    The kernel's counts may move and move back between two readings. So a result
    that does not agree is counted again, up to `times`.
    """
    seen = []
    for _ in range(tries):
        before = dentry_state()
        seen.append((before, count()))
        if dentry_state() != before:
            seen.pop()
        elif agrees(*seen[-1]) or len(seen) == times:
            return seen[-1]
    raise Skip("dentries never held still")


def test_totals_are_dentry_states():
    """All three counts, and the dentries that the walk met."""
    look_up(folder_of("totals"), 500)

    def count():
        (total,), = walk("dentry")
        return total

    def agrees(state, total):
        return state == (total["nr_dentries"], total["nr_unused"],
                         total["nr_unused_negative"]) and \
            state[1] == total["nr_lru"]

    (dentries, unused, negative), total = quiet(count, agrees)
    equal(total["nr_dentries"], dentries, "nr_dentries")
    equal(total["nr_unused"], unused, "nr_unused")
    equal(total["nr_unused_negative"], negative, "nr_unused_negative")
    # All dentries on the LRU lists are hashed.
    equal(total["nr_lru"], unused, "met on LRU lists")
    equal(total["nr_lru_negative"], negative, "negative ones on LRU lists")
    expect(negative >= 500, f"only {negative} negative dentries")
    expect(0 < total["nr_hashed"] <= dentries, f"{total['nr_hashed']} hashed")
    equal(total["nr_unhashed"], dentries - total["nr_hashed"], "unhashed")
    equal(total["nr_walked"], total["nr_hashed"], "met by the walk")
    equal((total["approximate"], total["coverage_permille"]), (0, 1000),
          "coverage")
    note(f"{dentries} dentries, {total['nr_unhashed']} not hashed")


def test_superblocks_add_up():
    """Every hashed dentry belongs to one superblock."""
    total, blocks, directories, _ = walk(*KINDS)
    for field in ("nr_negative", "nr_positive", "nr_lru", "nr_lru_negative"):
        equal(sum(row[field] for row in blocks), total[0][field],
              f"sum of {field}")
    equal(sum(row["nr_dentries"] for row in blocks), total[0]["nr_hashed"],
          "sum of dentries")
    for row in blocks + directories:
        equal(row["nr_negative"] + row["nr_positive"], row["nr_dentries"],
              f"parts of {row}")
        equal(row["total_bytes"],
              row["nr_dentries"] * total[0]["dentry_size"], f"bytes of {row}")
    mounted = {line.split()[2]: line.split(" - ")[1].split()[0] for line in
               theirs.read("/proc/self/mountinfo").splitlines()}
    for row in blocks:
        # Some superblocks of the kernel are mounted nowhere.
        if row["device"] in mounted:
            equal(row["fs_type"], mounted[row["device"]],
                  f"type of {row['device']}")
    expect(device(DISK) in {row["device"] for row in blocks}, "no disk")


def test_known_names():
    """One directory with negative dentries, and one with files."""
    missing, there = folder_of("lost"), folder_of("found")
    look_up(missing, 5000, ".{}_dOeSnotExist_.db")
    make(there, 700)
    _, _, directories, names = walk(*KINDS)
    row = find(directories, missing)
    equal((row["nr_negative"], row["nr_positive"]), (5000, 0), "missing")
    equal((row["path"], row["fs_type"]), ("/lost", "ext4"), "where")
    equal(row["nr_lru"], 5000, "on the LRU list")
    row = find(directories, there)
    equal((row["nr_negative"], row["nr_positive"]), (0, 700), "found")
    for folder, form, negative in ((missing, ".{}_dOeSnotExist_.db", 1),
                                   (there, "file_{:05}", 0)):
        mine = [name for name in names
                if name["inode"] == os.stat(folder).st_ino
                and name["device"] == device(folder)]
        equal(len({name["name"] for name in mine}), 16, "different names")
        known = {form.format(i) for i in range(5000)}
        for name in mine:
            expect(name["name"] in known, f"{name['name']!r} was never there")
            equal(name["negative"], negative, f"{name['name']} is negative")


def test_what_the_reader_adds():
    """The full path, and the pattern of the names."""
    rows, _ = reader.records("dentry_directory", "--budget", str(BUDGET_MS))
    row = find(rows, DISK / "lost")
    equal((row["full_path"], row["pattern"], row["pattern_permille"]),
          ("/mnt/lost", ".N_dOeSnotExist_.db", 1000), "missing names")
    row = find(rows, DISK / "found")
    equal((row["full_path"], row["pattern"]), ("/mnt/found", "file_N"),
          "files")
    expect("container" not in row, f"container {row.get('container')}")


def test_samples_are_from_everywhere():
    """They are not only the first names, or the last."""
    folder = folder_of("sampled")
    look_up(folder, 4000, "{}")
    seen = []
    for _ in range(10):
        seen += [int(row["name"]) for row in walk("dentry_name")[0]
                 if row["inode"] == os.stat(folder).st_ino
                 and row["device"] == device(folder)]
    mean = sum(seen) / len(seen)
    note(f"{len(seen)} samples, mean {mean:.0f}")
    # The mean of 160 numbers of 0 ... 3999 has a standard deviation of 91.
    expect(len(set(seen)) > 120 and abs(mean - 1999.5) < 6 * 91,
           f"samples {sorted(seen)}")


def test_a_name_that_is_being_changed_is_no_sample():
    """And the walk does not wait for it: on PREEMPT_RT it would take a lock."""
    culprit.drop_caches()
    folder = folder_of("changing")
    # As many as the module samples in one directory.
    known = {f"missing_{i}" for i in range(15)} | {"changing"}
    (folder / "changing").touch()
    look_up(folder, 15)

    def sampled():
        *_, names = walk(*KINDS)
        return {row["name"] for row in names
                if row["inode"] == os.stat(folder).st_ino
                and row["device"] == device(folder)}

    def sampled_while_held():
        fixture.write("change_start", str(folder / "changing"))
        seen = sampled()
        try:
            fixture.write("change_stop", "1")
        except TimeoutError as error:
            raise Failure("the fixture gave up holding the name: the walk "
                          "was slow, or waited for it") from error
        return seen

    with fixture.Fixture():
        equal(sampled(), known, "names")
        equal(retry(sampled_while_held), known - {"changing"},
              "names while one is held")
        equal(sampled(), known, "names after that")


def test_names_of_any_bytes():
    """The module does not change them; the reader escapes them."""
    folder = os.path.join(os.fsencode(folder_of("bytes")), b"")
    odd = [b"new\nline", b"\xff\xfe", b"tab\t", b"'\"\\$`", b" ", b"\x1b[2J",
           "h\u00e9".encode(), b"x" * 252]
    # Enough of each to make the folder one of the largest.
    known = {str(i).encode() + name for name in odd for i in range(40)}
    for name in known:
        os.access(folder + name, os.F_OK)
    inode, here = os.stat(folder).st_ino, device(folder)
    ours, words = set(), set()
    for _ in range(10):
        ours |= {row["name"] for row in walk("dentry_name")[0]
                 if row["inode"] == inode and row["device"] == here}
        rows, _ = reader.records("dentry_name", "--inode", str(inode),
                                 "--device", here,
                                 "--budget", str(BUDGET_MS))
        words |= {row["name"] for row in rows}
    expect(len(ours) > 60 and ours <= {
        name.decode("utf-8", "backslashreplace") for name in known},
        f"names in netlink: {ours}")
    for text in ("new\\x0aline", "\\xff\\xfe", "tab\\x09", "\\x1b[2J",
                 "h\u00e9", "x" * 252):
        expect(any(word.lstrip("0123456789") == text for word in words),
               f"no {text!r} among {words}")
    raw = reader.text("dentry", "--by", "name", "--raw", "--noheadings")
    expect("\x1b" not in raw, "a control character in raw lines")


def test_a_path_that_is_too_long_is_absent():
    """Only the path is absent: the directory has its record."""
    here = os.open(folder_of("deep"), os.O_RDONLY)
    for _ in range(6):
        os.mkdir("d" * 200, dir_fd=here)
        deeper = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    for i in range(300):
        os.access(f"missing_{i}", os.F_OK, dir_fd=here)
    rows = [row for row in walk("dentry_directory")[0]
            if row["inode"] == os.fstat(here).st_ino
            and row["device"] == device(DISK)]
    os.close(here)
    equal(len(rows), 1, "records")
    equal(rows[0]["nr_negative"], 300, "negative")
    expect("path" not in rows[0], f"path {rows[0].get('path')}")


def test_heavy_ones_among_many_directories():
    """More directories than counters, and three that have most dentries."""
    culprit.drop_caches()
    crowd = folder_of("crowd")
    for i in range(4500):
        folder = crowd / str(i)
        folder.mkdir()
        os.access(folder / "x", os.F_OK)
    folders = {name: folder_of(name) for name in SHARES}
    for name, number in SHARES.items():
        look_up(folders[name], number)
    total, _, directories, _ = walk(*KINDS)
    expect(total[0]["nr_hashed"] > sum(SHARES.values()),
           f"{total[0]['nr_hashed']} hashed")
    for name, number in SHARES.items():
        row = find(directories, folders[name])
        equal(row["nr_negative"], number, f"negative in {name}")
        equal(row["share_permille"],
              row["nr_dentries"] * 1000 // total[0]["nr_hashed"],
              f"share of {name}")
    equal(len(directories), 64, "directories in the answer")


def walk_a_part(budget):
    """The records of a walk over about a twentieth of the table."""
    for _ in range(40):
        total, blocks, directories, _ = wire.by_job(*KINDS, budget_ns=budget)
        covered = [rows[0]["coverage_permille"]
                   for rows in (total, directories)]
        if min(covered) >= 40 and max(covered) <= 100:
            break
        budget = budget * 60 // covered[0]
    note(f"{budget} ns: coverage {covered} permille")
    expect(40 <= min(covered) and max(covered) <= 100,
           f"no budget gave a small part: {covered}")
    return total[0], blocks, directories


def test_a_small_budget_is_a_fair_sample():
    """A walk over a part finds each share within 2 % of the truth.

    Kernels with checkers have fewer dentries, so their sample is smaller. By
    chance about one walk in a hundred is off by more.
    """
    max_off = 60 if module.HAS_CHECKERS else 20
    truth = {row["path"]: row["share_permille"] for row in
             walk("dentry_directory")[0]
             if row.get("path", "")[1:] in SHARES}
    equal(len(truth), len(SHARES), "directories of the last test")
    (whole,), = walk("dentry")

    def compare_a_part():
        total, blocks, directories = walk_a_part(whole["walk_ns"] // 7)
        equal(total["approximate"], 1, "approximate")
        expect("nr_unhashed" not in total, "nr_unhashed of an estimate")
        for row in directories + blocks:
            equal(row["approximate"], 1, f"approximate of {row}")
        found = {row["path"]: row["share_permille"] for row in directories
                 if row.get("path", "") in truth}
        equal(set(found), set(truth), "directories in the sample")
        for path, share in found.items():
            off = share - truth[path]
            note(f"{path}: {off} permille off")
            expect(abs(off) <= max_off, f"{path}: {off} permille off")
        off = total["nr_hashed"] / whole["nr_hashed"]
        expect(abs(off - 1) < 2.5 * max_off / 1000,
               f"scaled up to {off} of the dentries there are")

    retry(compare_a_part, 2)


def test_requests_that_are_wrong():
    """Each is refused with a reason."""
    with wire.Socket() as sock:
        for name in KINDS:
            refused = wire.refused(sock.dump, name)
            equal(wire.error_name(refused.errno), "EINVAL", name)
            expect("job" in refused.text, f"{name}: {refused.text!r}")
        refused = wire.refused(sock.start_job, "dentry", cache="")
        expect(refused.errno == errno.ENOENT and "empty" in refused.text,
               f"a job with an empty attribute: {refused}")
        job = sock.start_job("dentry")["id"]
        sock.wait_job(job)
        refused = wire.refused(sock.dump, "slab", job=job)
        equal(refused.errno, errno.ENOENT, "slabs of a walk over dentries")
        sock.dump("dentry", job=job)
        refused = wire.refused(sock.dump, "dentry", job=job)
        expect(refused.errno == errno.ENOENT and "taken" in refused.text,
               f"the same answer twice: {refused}")
        equal(len(sock.dump("dentry_superblock", job=job)) > 3, True,
              "superblocks")
        sock.stop_job(job)
        refused = wire.refused(sock.dump, "dentry_name", job=job)
        equal(refused.errno, errno.ENOENT, "an answer of a stopped job")


def test_files_are_walks_like_jobs():
    """An open of a file waits, and counts as one of the jobs."""
    with wire.Socket() as sock:
        for _ in range(module.MAX_JOBS - 1):
            sock.wait_job(sock.start_job("dentry", budget_ns=10**5)["id"])
        expect(tables.table("dentry")[1], "no room for a last one")
        last = sock.start_job("dentry")["id"]
        try:
            tables.table("dentry")
            number = 0
        except OSError as error:
            number = error.errno
        equal(wire.error_name(number), "EBUSY", "one too many")
        sock.wait_job(last)
        sock.stop_job(last)
        expect(tables.table("dentry")[1], "still no room")


def test_a_job_record_has_its_request():
    """The record of the job has what the request carried."""
    with wire.Socket() as sock:
        job = sock.start_job("dentry_name", budget_ns=123456789)
        equal((job["kind"], job["budget_ns"]), ("dentry_name", 123456789),
              "kind and budget")


def test_the_reader():
    """Its columns, filters and refusals."""
    rows, answer = reader.records("dentry_directory", "--top", "3")
    equal(len(rows), 3, "rows")
    expect(rows[0]["nr_dentries"] >= rows[1]["nr_dentries"], "not sorted")
    expect("boot_id" in answer, "no boot_id")
    here = device(DISK)
    rows, _ = reader.records("dentry_superblock", "--device", here)
    equal([row["device"] for row in rows], [here], "rows by device")
    for words in (["--by", "inode"], ["--budget", "0"], ["--budget", "x"],
                  ["--by", "superblock", "--inode", "2"]):
        status, out, err = reader.run("dentry", *words)
        equal((status, out), (1, ""), f"status and output of {words}")
        expect(words[0] in err or words[2] in err, f"{words}: {err!r}")


def test_umount_while_walking():
    """A walk holds no file system: it can be unmounted at any moment."""
    done = threading.Event()
    walks = []

    def walk():
        while not done.is_set():
            walks.append(wire.by_job(*KINDS)[0][0]["nr_walked"])

    walker = threading.Thread(target=walk)
    walker.start()
    place = pathlib.Path("/tmp/place")
    place.mkdir()
    try:
        for number in range(4 if module.HAS_CHECKERS else 12):
            subprocess.run(["mount", "-t", "tmpfs", "none", place], check=True)
            make(place, 300)
            subprocess.run(["umount", place], check=True)
            folder = folder_of(f"away_{number}")
            look_up(folder, 300)
            make(folder, 50)
            source = next(line.split()[0] for line in
                          theirs.read("/proc/mounts").splitlines()
                          if line.split()[1] == str(DISK))
            subprocess.run(["umount", DISK], check=True)
            subprocess.run(["mount", source, DISK], check=True)
    finally:
        done.set()
        walker.join()
    note(f"{len(walks)} walks")
    expect(len(walks) > 5, "too few walks")


def test_any_name_in_any_locale():
    """A table is printed even if the locale lacks some characters."""
    folder = folder_of("caf\u00e9")
    look_up(folder, 300)
    for environment, shown in (({}, rb"/mnt/caf\xc3\xa9"),
                               ({"LC_ALL": "C"}, rb"/mnt/caf\xc3\xa9"),
                               ({"LC_ALL": "C.UTF-8"},
                                "/mnt/caf\u00e9".encode())):
        # The environment of env -i. Tables once hung in it, --raw did not.
        for form in ([], ["--raw"]):
            result = subprocess.run(
                ["kmemscope", "dentry", "--output", "nr_dentries,full_path",
                 *form], capture_output=True, check=True, timeout=60,
                env={"PATH": os.environ["PATH"], **environment})
            expect(shown in result.stdout.split(),
                   f"{environment} {form}: no {shown} in {result.stdout}")
