# SPDX-License-Identifier: GPL-2.0-only
"""Compare our numbers with the kernel's while the kernel runs.

The kernel's numbers ("theirs") are read before and after ours.  A value that is
the same in both readings held still, and ours must equal it.  A value that
moved is compared again in the next round.

Reading itself takes memory: a file of /proc has a buffer while it is read, and
our answer has a snapshot.  Both are freed before theirs is read again, so a
value that held still may still differ.  Such a value is compared again.  It is
wrong if it differs in CONFIRM rounds and never agrees.  The comparison also
fails if more than a few values differed, even if each agreed another time.
"""

import time

from ktap import Failure, note
from tape import Tape

ROUNDS = 40
SECONDS = 30
MAX_ROUNDS = 100
SHARE = 0.9
CONFIRM = 5
FEW = 3
FEW_SHARE = 0.01


def cells(rows, fields=None):
    """Flatten {key: {field: value}} into {(key, field): value}."""
    return {(key, field): value
            for key, row in rows.items() for field, value in row.items()
            if fields is None or field in fields}


def _lines(wrong):
    return "\n".join(f"{key}: ours {ours!r}, theirs {theirs!r}"
                     for key, ours, theirs in sorted(wrong, key=str)[:20])


def _judge(before, after, mine, rising, taken):
    """Judge what held still: (keys that agree, [(key, ours, theirs)])."""
    agree, differ = set(), []
    for key, low in before.items():
        high = after.get(key)
        # A counter that only grows was between the two readings.
        if low == high or (rising(key) and high is not None):
            ours, own = mine.get(key), taken(key)
            if ours is not None and (low <= ours <= high or
                                     own and abs(ours - low) == own):
                agree.add(key)
            else:
                differ.append((key, ours, low))
    return agree, differ


class Comparison:
    """Compares theirs and ours, round by round.

    A round fails on a value that is certainly wrong, and on a key that only
    ours has.  always(key): the value must hold still, and one difference is
    enough to fail.  rising(key): a counter that only grows, which need not hold
    still.  taken(key): how far ours may differ because of the memory that our
    own answer takes.
    """

    def __init__(self, always=lambda key: False, rising=lambda key: False,
                 taken=lambda key: 0):
        self.always = always
        self.rising = rising
        self.taken = taken
        self.known, self.agreed = set(), set()
        self.judged = 0
        self.differed = []

    def round(self, before, mine, after):
        """Take one round; return True once every value has agreed."""
        known = before.keys() & after.keys()
        agree, differ = _judge(before, after, mine, self.rising,
                                self.taken)
        self.known |= known
        self.agreed |= agree
        self.judged += len(agree) + len(differ)
        self.differed += differ
        often = [item for item in differ if item[0] not in self.agreed
                 and sum(item[0] == key
                         for key, *_ in self.differed) >= CONFIRM]
        fixed = [item for item in differ if self.always(item[0])]
        if often or fixed:
            raise Failure(f"{len(differ)} values that held still differ:\n"
                          + _lines(often + fixed))
        extra = [(key, value, None) for key, value in mine.items()
                 if key not in before and key not in after]
        if extra:
            raise Failure(f"{len(extra)} values that the kernel lacks:\n"
                          + _lines(extra))
        return known <= self.agreed

    def in_doubt(self):
        """Values that held still, differed, and have not agreed yet."""
        return [item for item in self.differed if item[0] not in self.agreed]

    def finish(self, share=SHARE):
        """Fail on a value that never agreed, or if too few held still."""
        if not self.known:
            raise Failure("the kernel has no value to compare with")
        few = max(FEW, FEW_SHARE * self.judged)
        if self.in_doubt() or len(self.differed) > few:
            raise Failure(f"{len(self.differed)} of {self.judged} values that "
                          f"held still differed:\n{_lines(self.differed)}")
        if self.differed:
            note(f"{len(self.differed)} of {self.judged} moved while we read "
                 "them")
        note(f"{len(self.agreed)} of {len(self.known)} values held still and "
             "are equal")
        restless = sorted(self.known - self.agreed, key=str)
        if restless:
            note(f"never still: {restless[:10]}")
        kept = [key for key in restless if self.always(key)]
        if kept:
            raise Failure(f"must hold still and did not: {kept[:20]}")
        if len(self.agreed) < share * len(self.known):
            raise Failure(f"only {len(self.agreed)} of {len(self.known)} held "
                          "still")


def compare(theirs, ours, **how):
    """Compare {key: value} of theirs() with ours(), in rounds as needed.

    how: the functions of a Comparison.
    """
    comparison = Comparison(**how)
    their_tape, our_tape = Tape(theirs), Tape(ours)
    started = time.monotonic()
    for number in range(MAX_ROUNDS):
        # Go on while a value is in doubt.
        if (number >= ROUNDS or time.monotonic() - started > SECONDS) and \
                not comparison.in_doubt():
            break
        before = their_tape.record()
        mine = our_tape.record()
        after = their_tape.record()
        if comparison.round(their_tape.play(before), our_tape.play(mine),
                            their_tape.play(after)):
            break
    comparison.finish()
