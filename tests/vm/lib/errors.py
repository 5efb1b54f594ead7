# SPDX-License-Identifier: GPL-2.0-only
"""The two ways in which the harness fails, and not COMMAND."""


class UsageError(Exception):
    """The caller asked for something that does not exist or make sense."""

    status = 2


class HarnessError(Exception):
    """The request was fine; the machine, a download or the guest was not."""

    status = 125
