"""Figures -> one aligned table, and tables -> the document that shows them."""

import math
import re


def quantile(values, share):
    """The value below which that share of the sorted values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))] if ordered else None


def histogram_bound(after, before, share):
    """The upper bound of the bucket that the quantile falls into: all that a histogram says for certain. None without observations."""
    counts = {bound: after[bound] - before.get(bound, 0) for bound in sorted(after)}
    total = max(counts.values(), default=0)
    return next((bound for bound, count in counts.items() if count >= share * total), None) if total > 0 else None


def number(value):
    """Three significant digits at least, thousands set apart."""
    if value is None or math.isinf(value):
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
            cells.append((f"{row['section']}: {row['name']}", row["unit"], number(row["qualm"]), number(row["direct"]), row["note"] or "-"))
        for row in cells:
            widths = [max(width, len(cell)) for width, cell in zip(widths, row)]
        for index, (name, unit, qualm, direct, note) in enumerate(cells):
            lines.append(f"| {name:{widths[0]}} | {unit:{widths[1]}} | {qualm:>{widths[2]}} | {direct:>{widths[3]}} | {note:{widths[4]}} |")
            if index == 0:
                ends = ("-", "-", ":", ":", "-")
                lines.append("|" + "|".join("-" * (width + 1) + end for width, end in zip(widths, ends)) + "|")
        return "\n".join(lines)


def scaled(value, scale):
    return None if value is None else value * scale


def replace_block(path, name, text):
    """Puts the text between the lines `<!-- NAME -->` and `<!-- end of NAME -->` of a document. False when it has no such lines."""
    with open(path, encoding="utf-8") as file:
        document = file.read()
    pattern = rf"(<!-- {name} -->\n).*(<!-- end of {name} -->\n)"
    changed, count = re.subn(pattern, lambda match: f"{match[1]}\n{text.strip()}\n\n{match[2]}", document, flags=re.DOTALL)
    if count == 1:
        with open(path, "w", encoding="utf-8") as file:
            file.write(changed)
    return count == 1
