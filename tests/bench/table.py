# SPDX-License-Identifier: GPL-2.0-only
"""Format measured rows as the lines of one table."""

HEAD = ("measured", "kernel", "ours", "each", "limit", "theirs", "of whom",
        "ratio", "goal")


# Units of time and of instructions: a guest that counts them has 1 ns for one.
TIMES = ("ns", "us", "ms", "s")
INSTRUCTIONS = ("", "k", "M", "G")


def amount(value, unit, counts_instructions):
    """A number with three significant digits and a unit."""
    if unit == "ns":
        scale = 0
        while value >= 1000 and scale < len(TIMES) - 1:
            value /= 1000
            scale += 1
        unit = (INSTRUCTIONS if counts_instructions else TIMES)[scale]
    text = f"{value:.0f}" if value >= 100 else f"{value:.3g}"
    return f"{text} {unit}".strip()


def ratio(value):
    """A ratio that reads well above and below 1."""
    if 0 < value < 0.1:
        return f"1/{1 / value:.0f}"
    return f"{value:.2f}"


def met(value, goal, say):
    """A goal, and whether the value meets it; empty without a goal."""
    if goal is None:
        return ""
    return f"{say(goal)} {'met' if value <= goal else 'missed'}"


def has_limit(row, counts_instructions):
    """Tell whether a row's limit is a number of what the guest counts."""
    return row["limit"] is not None and (counts_instructions or
                                         not row["limit_counts"])


def cells(row, kernel, counts_instructions):
    """The lines of a row: one for each of theirs."""
    def say(value):
        return amount(value, row["unit"], counts_instructions)

    ours = [row["row"], kernel, say(row["ours"]),
            say(row["ours"] / row["each"]) if row["each"] else "",
            say(row["limit"]) if has_limit(row, counts_instructions) else ""]
    most = met(row["ours"], row["most"], say)
    if not row["theirs"]:
        yield (*ours, "", "", "", most)
    for peer, value in row["theirs"].items():
        if isinstance(value, str):
            yield (*ours, "-", f"{peer}: {value}", "", most)
            continue
        measured = row["ours"] / value
        yield (*ours, say(value), peer, ratio(measured),
               met(measured, row["goal"], ratio) or most)


def markdown(lines):
    """The table in Markdown, aligned for reading as text."""
    table = [HEAD, *lines]
    widths = [max(map(len, column)) for column in zip(*table)]
    rule = ["-" * width for width in widths]
    return "".join(
        "| " + " | ".join(cell.ljust(width) for cell, width
                          in zip(line, widths)) + " |\n"
        for line in [table[0], rule, *table[1:]])
