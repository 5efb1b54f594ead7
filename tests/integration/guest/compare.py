# SPDX-License-Identifier: GPL-2.0-only
"""Compare our numbers with the kernel's while the kernel goes on.

Theirs is read before and after ours.  A value that is the same in both of
theirs must be the same in ours; one that moved is tried again in the next
round.

One thing blurs this: reading takes memory.  A file of /proc has a buffer while
it is read, our answer has a snapshot, and a value that they move is moved back
before theirs is read again.  So a value that held still and differs is looked
at again.  It is wrong when it differs in CONFIRM rounds without ever agreeing;
and more than a few of them are wrong even if each agrees another time.
"""

import time

from ktap import Failure, note
from tape import Tape

ROUNDS = 40
SECONDS = 30
MOST_ROUNDS = 100
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
    """Keys whose value held still: those that agree, and [(key, ...)] not."""
    agree, differ = set(), []
    for key, low in before.items():
        high = after.get(key)
        # What only grows was, in between, no less and no more.
        if low == high or (rising(key) and high is not None):
            ours, own = mine.get(key), taken(key)
            if ours is not None and (low <= ours <= high or
                                     own and abs(ours - low) == own):
                agree.add(key)
            else:
                differ.append((key, ours, low))
    return agree, differ


class Comparison:
    """What was seen of theirs and ours, round by round.

    A round fails on a value that is wrong beyond doubt, and on a key that
    only ours has.  A key that must always qualify is never in doubt.
    Counters that only grow need not hold still.  A value that counts memory may
    have what our own answer takes.
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
        """Take one round; True once each value it had has agreed."""
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
            raise Failure(f"{len(extra)} that the kernel does not have:\n"
                          + _lines(extra))
        return known <= self.agreed

    def in_doubt(self):
        """Values that held still, differed, and did not agree so far."""
        return [item for item in self.differed if item[0] not in self.agreed]

    def finish(self, share=SHARE):
        """Fail on what never agreed, or too little of what held still."""
        if not self.known:
            raise Failure("the kernel showed nothing to compare with")
        few = max(FEW, FEW_SHARE * self.judged)
        if self.in_doubt() or len(self.differed) > few:
            raise Failure(f"{len(self.differed)} of {self.judged} values that "
                          f"held still differed:\n{_lines(self.differed)}")
        if self.differed:
            note(f"{len(self.differed)} of {self.judged} moved under our "
                 "reading")
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
    """Compare {key: value} of theirs() with ours(), in as many rounds as it
    takes; how says what a Comparison may ask."""
    comparison = Comparison(**how)
    their_tape, our_tape = Tape(theirs), Tape(ours)
    started = time.monotonic()
    for number in range(MOST_ROUNDS):
        # With what differs too seldom to be sure it goes on.
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
