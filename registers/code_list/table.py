"""The list of codes as a page of the documentation: docs/reference/codes.md, written out."""

from registers.rules.codes import CODES, AttendanceCode, Category, Counts

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
    dates = []
    if code.in_force_from is not None:
        dates.append(f"from {code.in_force_from.day} {code.in_force_from:%B %Y}")
    if code.in_force_until is not None:
        dates.append(f"until {code.in_force_until.day} {code.in_force_until:%B %Y}")
    return " ".join(dates)


def _to_know(code: AttendanceCode) -> str:
    said = [code.notes] if code.notes else []
    if code.half is not None:
        said.append(f"{code.half.name} only.")
    if code.paper is not None:
        said.append(f"Needs a paper: {code.paper}.")
    if code.replaced_by is not None:
        said.append(f"Since then: {code.replaced_by}.")
    return " ".join(said)


def _sources() -> str:
    symbols: dict[str, list[str]] = {}
    for code in CODES.values():
        symbols.setdefault(code.source, []).append(f"`{code.symbol}`")
    return "\n".join(f"- {source}: {' '.join(found)}" for source, found in symbols.items())


def _counts() -> str:
    return "\n".join(
        f"- {counts.value}: {sum(code.counts is counts for code in CODES.values())}"
        for counts in Counts
    )


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"
