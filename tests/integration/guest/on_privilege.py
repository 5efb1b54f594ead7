# SPDX-License-Identifier: GPL-2.0-only
"""Which capabilities each command and file needs."""

import json
import pathlib
import shutil
import subprocess
import sys

import spec
import tables
import wire
from ktap import equal, expect

NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

# uid 65534 may not enter /root, so its copy of the program is elsewhere.
FOLDER = pathlib.Path("/tmp/probe")

GETS = [kind.operation for kind in spec.DUMPS] + ["job-get", "status-get"]
CONTROL = ["status-set", "job-start", "job-finish", "job-stop"]
# Without the right to start a job there is none to stop.
START = ["status-set", "job-start"]
# These have names of root's files. Without a job the request is invalid even
# for root.
NAMES = [kind.operation for kind in spec.JOBS + spec.TRACES]
# The kernel's own files with these numbers have mode 0400.
PRIVATE = [spec.KINDS[name].operation
           for name in ("slab", "slab_node", "migratetype")]
PUBLIC = [operation for operation in GETS if operation not in PRIVATE]


def setup():
    """Copy the probe to a folder where any user can run it."""
    here = pathlib.Path(__file__).resolve().parent
    shutil.copytree(here, FOLDER, ignore=shutil.ignore_patterns("__pycache__"))
    for path in [FOLDER, *FOLDER.rglob("*")]:
        path.chmod(0o755)


def teardown():
    """Remove the copy."""
    shutil.rmtree(FOLDER)


def probe(*wrapper):
    """Run the probe under a wrapper; {what was tried: outcome}."""
    command = [*wrapper, sys.executable, str(FOLDER / "probe.py"),
               str(wire.shared().family)]
    result = subprocess.run(command, capture_output=True, text=True,
                            check=False)
    expect(result.returncode == 0, f"{command}: {result.stderr}")
    return json.loads(result.stdout)


def expect_all(results, tried, outcome):
    """Check that all of these tries had the same outcome."""
    wrong = {what: results[what] for what in tried if results[what] != outcome}
    equal(wrong, {}, f"tries with another outcome than {outcome}")


def files(results):
    """The tries that open a debugfs file."""
    found = [what for what in results if what.startswith("open ")]
    expect(len(found) >= 9, f"only {found} were tried")
    return found


def keep(*capabilities):
    """uid 65534 with these capabilities and no other."""
    words = ",".join(f"+{name}" for name in capabilities)
    return [*NOBODY, f"--bounding-set=-all,{words}",
            f"--inh-caps=-all,{words}", f"--ambient-caps=-all,{words}"]


def test_net_admin_alone_may_not_look_into_slabs():
    """As with the kernel's own files."""
    results = probe(*keep("net_admin"))
    equal(results["uid"], 65534, "uid of the probe")
    expect_all(results, PUBLIC, "ok")
    expect_all(results, PRIVATE + NAMES + START, "EPERM")
    expect_all(results, files(results), "EACCES")


def test_perfmon_may_look_into_slabs():
    """But it sees no names of files, and controls nothing."""
    results = probe(*keep("net_admin", "perfmon"))
    expect_all(results, PUBLIC + PRIVATE, "ok")
    expect_all(results, NAMES + START, "EPERM")


def test_a_refusal_says_what_is_missing():
    """The text of the error names the capability, and the reader prints it."""
    command = [*keep("net_admin"), "kmemscope", "slab"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    equal((done.returncode, done.stdout), (1, ""), "kmemscope slab")
    expect("CAP_PERFMON or CAP_SYS_ADMIN is needed" in done.stderr,
           f"stderr: {done.stderr!r}")
    command[-1] = "zone"
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    equal((done.returncode, done.stderr), (0, ""), "kmemscope zone")


def test_root_may_do_everything():
    """So the refusals below come from missing privileges."""
    results = probe()
    expect_all(results, GETS + CONTROL + ["find family"] + files(results),
               "ok")
    expect_all(results, NAMES, "EINVAL")


def test_nobody_may_do_nothing():
    """uid 65534: EPERM on every command, EACCES on every file."""
    results = probe(*NOBODY)
    equal(results["uid"], 65534, "uid of the probe")
    expect_all(results, GETS + NAMES + CONTROL, "EPERM")
    expect_all(results, files(results), "EACCES")


def test_root_of_a_user_namespace_may_do_nothing():
    """It has all capabilities, but not in the initial user name space."""
    results = probe(*NOBODY, "unshare", "--user", "--map-root-user")
    equal(results["uid"], 0, "uid in the name space")
    expect_all(results, GETS + NAMES + CONTROL, "EPERM")
    expect_all(results, files(results), "EACCES")


def test_real_root_in_a_user_namespace_may_not_ask():
    """The same user, but with capabilities of the name space only."""
    results = probe("unshare", "--user", "--map-root-user")
    expect_all(results, GETS + NAMES + CONTROL, "EPERM")


def test_other_network_namespace_has_no_family():
    """Even root finds no family there, by name or by number."""
    results = probe("unshare", "--net")
    equal(results["find family"], "ENOENT", "the family")
    expect_all(results, GETS + NAMES + CONTROL, "ENOENT")


def test_own_network_and_user_namespace_has_no_family():
    """The root of a container."""
    results = probe(*NOBODY, "unshare", "--user", "--map-root-user", "--net")
    equal(results["find family"], "ENOENT", "the family")
    expect_all(results, GETS + NAMES + CONTROL, "ENOENT")


def test_without_net_admin_nothing_answers():
    """Root with every capability but this one."""
    results = probe("setpriv", "--bounding-set=-net_admin")
    expect_all(results, GETS + NAMES + CONTROL, "EPERM")


def test_without_sys_admin_the_switch_is_refused():
    """The counts can still be read."""
    results = probe("setpriv", "--bounding-set=-sys_admin")
    expect_all(results, GETS, "ok")
    expect_all(results, NAMES, "EPERM")
    names = [f"open {kind.name}" for kind in spec.JOBS
             if kind.name in tables.FILES]
    expect_all(results, names, "EPERM")
    expect_all(results, set(files(results)) - set(names), "ok")
    expect_all(results, START, "EPERM")
