# SPDX-License-Identifier: GPL-2.0-only
"""The confusion matrix: which cause was expected, and which was named."""

import collections

import compare
import scenario


class Matrix:
    """Collects results, and prints rows of expected, columns of named."""

    def __init__(self):
        self._counts = collections.Counter()
        self._wrong = collections.Counter()
        self.guilty = self.healthy = self.broken = 0

    def add(self, expected, named, kinds):
        """Add a result; kinds: those of its mismatches."""
        self._counts[expected, named] += 1
        self._wrong.update(set(kinds))
        if expected == "healthy":
            self.healthy += 1
            return
        self.guilty += 1
        self._wrong["cause or culprit"] += bool(
            {"cause", "culprit", "innocent"} & set(kinds))

    def add_broken(self):
        """A scenario that was not as it should be: nothing to compare."""
        self.broken += 1

    def _rows(self):
        order = [*scenario.CAUSES, "healthy"]
        return sorted({row for row, _ in self._counts}, key=order.index)

    def _columns(self, rows):
        """Those of rows in the same order, then what is no row."""
        named = {column for _, column in self._counts}
        last = [compare.ALL_CLEAR] if compare.ALL_CLEAR in named else []
        return [row for row in rows if row in named] + \
            sorted(named - set(rows) - set(last)) + last

    def lines(self):
        """The table, and the sums, as lines."""
        rows = self._rows()
        columns = self._columns(rows)
        width = max(map(len, ["expected", *rows]))
        yield "columns, what the verdict names first:"
        for at, column in enumerate(columns, 1):
            yield f"  {at:2} {column}"
        yield " ".join([f"{'expected':{width}}",
                        *[f"{at:2}" for at in range(1, len(columns) + 1)]])
        for row in rows:
            counts = [self._counts[row, column] for column in columns]
            yield " ".join([f"{row:{width}}",
                            *[f"{count or '.':>2}" for count in counts]])
        yield self.summary()

    def summary(self):
        """One line with all that must hold."""
        right = self.guilty - self._wrong["cause or culprit"]
        share = f" ({100 * right // self.guilty} %)" if self.guilty else ""
        return (f"cause and culprit right {right} of {self.guilty}{share}, "
                f"false alarms {self._wrong['alarm']} of {self.healthy}, "
                f"stop commands on healthy hosts {self._wrong['stop']}, "
                f"commands that end an innocent {self._wrong['innocent']}, "
                f"wrong places {self._wrong['place']}, "
                f"several findings for one cause {self._wrong['count']}, "
                f"wrong severity {self._wrong['severity']}, "
                f"over {compare.MAX_LINES} lines {self._wrong['length']}, "
                f"broken {self.broken}")

    def write(self, path):
        """Write it as Markdown."""
        *table, summary = self.lines()
        path.write_text("\n".join(["```", *table, "```", "", summary, ""]),
                        encoding="utf-8")
