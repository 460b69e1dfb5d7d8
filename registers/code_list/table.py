"""The list of codes as a page of the documentation: docs/reference/codes.md, written out."""

from collections import Counter

from registers.rules.codes import CODES, AttendanceCode, Category, Counts, Half
from registers.rules.grouping import grouped
from registers.rules.wording import all_so

HALVES: dict[Half | None, str] = {half: f"{half.name} only." for half in Half}
HEADINGS = ("Code", "Meaning", "Counts as", "In force", "What to know")


def as_markdown() -> str:
    """The whole page; `./rollbook docs` writes it."""
    parts = [
        "# Attendance codes",
        "Generated from `registers/rules/codes.py`: change it there. How each way of counting "
        "enters the figures is told in [codes and counting](../rules/codes-and-counting.md).",
    ]
    for category in Category:
        in_force = [code for code in CODES.values() if _is_current(code, category)]
        parts += [f"## {category.value.capitalize()}", _table(in_force)]
    retired = [code for code in CODES.values() if code.in_force_until is not None]
    parts += ["## No longer in use", _table(retired), "## Where they come from", _sources()]
    parts += ["## How many count as what", _counts()]
    return "\n\n".join(parts) + "\n"


def _is_current(code: AttendanceCode, category: Category) -> bool:
    return code.category is category and code.in_force_until is None


def _table(codes: list[AttendanceCode]) -> str:
    lines = [_row(HEADINGS), _row(["---"] * len(HEADINGS))]
    return "\n".join([*lines, *(_row(_cells(code)) for code in codes)])


def _cells(code: AttendanceCode) -> tuple[str, ...]:
    counts = code.counts.value + (", and a late session" if code.late else "")
    return (f"`{code.symbol}`", code.meaning, counts, _in_force(code), _to_know(code))


def _in_force(code: AttendanceCode) -> str:
    days = (("from", code.in_force_from), ("until", code.in_force_until))
    return " ".join(f"{word} {on.day} {on:%B %Y}" for word, on in days if on)


def _to_know(code: AttendanceCode) -> str:
    said = (
        code.notes,
        HALVES.get(code.half, ""),
        *all_so(
            (code.paper, f"Needs a paper: {code.paper}."),
            (code.replaced_by, f"Since then: {code.replaced_by}."),
        ),
    )
    return " ".join(filter(None, said))


def _sources() -> str:
    symbols = grouped((code.source, f"`{code.symbol}`") for code in CODES.values())
    return "\n".join(f"- {source}: {' '.join(found)}" for source, found in symbols.items())


def _counts() -> str:
    counted = Counter(code.counts for code in CODES.values())
    return "\n".join(f"- {counts.value}: {counted[counts]}" for counts in Counts)


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"
