# SPDX-License-Identifier: GPL-2.0-only
"""The guests, and what each measures."""

import dataclasses


@dataclasses.dataclass
class Guest:
    """A boot.  With icount the clock counts instructions, and it has 1 CPU."""

    kernel: str
    subjects: list
    icount: bool = True
    cpus: int = 1
    mem: int = 1024
    # Programs of this machine that go into the guest, if it has them.
    programs: tuple = ()
    # MiB of a scratch disk; 0 for none.
    disk: int = 0

    @property
    def title(self):
        """Its name in the table."""
        return self.kernel if self.icount else f"{self.kernel} (time)"


PLAN = [
    Guest("6.1", ["dump", "commands", "caches:1000,5000", "load"]),
    Guest("7.3", ["dump", "commands", "load", "caches:1000"]),
    Guest("6.1", ["trace"], mem=2048, programs=("bpftrace",)),
    Guest("7.3", ["trace"]),
    Guest("6.1", ["partials:1000,10000,100000,300000", "pages:1000,300000"],
          mem=4096),
    Guest("7.3", ["partials:300000", "pages:300000"], mem=4096),
    # Instructions leave out cache misses of the processor.
    Guest("6.1", ["partials:300000"], icount=False, mem=4096),
    # Several CPUs have no common count of instructions.
    Guest("6.1", ["dump"], icount=False),
    Guest("6.1", ["dump"], icount=False, cpus=2),
    Guest("6.1", ["dump"], icount=False, cpus=8),
    Guest("7.3", ["dump"], icount=False),
    Guest("7.3", ["dump"], icount=False, cpus=2),
    Guest("7.3", ["dump"], icount=False, cpus=8),
    Guest("6.1", ["caches:1000,5000"], icount=False, cpus=2),
    Guest("6.1", ["diagnose"], icount=False, cpus=2, mem=3072, disk=256),
]
