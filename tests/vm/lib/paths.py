# SPDX-License-Identifier: GPL-2.0-only
"""Where things are: the repository, the cache, and the locks in the cache."""

import contextlib
import fcntl
import os
import shutil
import tempfile

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REPO = os.path.dirname(os.path.dirname(HERE))


def cache(*parts):
    """A path in the cache; the folder that holds it exists afterwards."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    path = os.path.join(base, "kmemscope", *parts)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


@contextlib.contextmanager
def lock(name):
    """Hold the named lock; several harnesses may run at once."""
    with open(cache("locks", name), "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def becoming(path):
    """A fresh folder that becomes `path` only if the block succeeds.

    The rename is the one moment at which a download or a build counts as
    done, so whatever was interrupted is simply done again.
    """
    scratch = tempfile.mkdtemp(prefix=".partial-", dir=os.path.dirname(path))
    try:
        os.chmod(scratch, 0o755)
        yield scratch
        if os.path.isdir(path):
            shutil.rmtree(path)
        os.rename(scratch, path)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def filled(path, name, fill):
    """The folder `path`; fill(scratch) makes it, under a lock, if need be."""
    if not os.path.isdir(path):
        with lock(name):
            if not os.path.isdir(path):
                with becoming(path) as scratch:
                    fill(scratch)
    return path
