"""Figures -> one aligned table."""

import math


def quantile(values, share):
    """The value below which that share of the sorted values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))] if ordered else None


def histogram_quantile(after, before, share):
    """As Prometheus computes it: linear within the bucket. None without observations."""
    bounds = sorted(after)
    counts = [after[bound] - before.get(bound, 0) for bound in bounds]
    if not counts or counts[-1] <= 0:
        return None
    rank, low, below = share * counts[-1], 0.0, 0
    for bound, count in zip(bounds, counts):
        if count >= rank:
            if math.isinf(bound):
                return low
            return low + (bound - low) * (rank - below) / max(count - below, 1)
        low, below = bound, count
    return low


def number(value):
    """Three significant digits at least, thousands set apart."""
    if value is None:
        return "-"
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


class Report:
    """Rows in the order in which they were measured."""

    def __init__(self):
        self.rows = []
        self.problems = []

    def add(self, section, name, unit, qualm, direct=None, note=""):
        self.rows.append({"section": section, "name": name, "unit": unit, "qualm": qualm, "direct": direct, "note": note})

    def add_percentiles(self, section, name, unit, qualm, direct=None, scale=1.0, note="", shares=(0.5, 0.99)):
        """Two rows, p50 and p99, of lists of samples."""
        for share in shares:
            of = [None if samples is None else scaled(quantile(samples, share), scale) for samples in (qualm, direct)]
            self.add(section, f"{name} p{share * 100:g}", unit, *of, note=note)

    def problem(self, text):
        self.problems.append(text)

    def table(self):
        lines, widths = [], [0] * 5
        cells = [("measurement", "unit", "qualm", "direct", "note")]
        for row in self.rows:
            cells.append((f"{row['section']}: {row['name']}", row["unit"], number(row["qualm"]), number(row["direct"]), row["note"]))
        for row in cells:
            widths = [max(width, len(cell)) for width, cell in zip(widths, row)]
        for index, (name, unit, qualm, direct, note) in enumerate(cells):
            lines.append(f"| {name:{widths[0]}} | {unit:{widths[1]}} | {qualm:>{widths[2]}} | {direct:>{widths[3]}} | {note:{widths[4]}} |")
            if index == 0:
                lines.append("|" + "|".join("-" * (width + 1) + (":" if place in (2, 3) else "-") for place, width in enumerate(widths)) + "|")
        return "\n".join(lines)


def scaled(value, scale):
    return None if value is None else value * scale
