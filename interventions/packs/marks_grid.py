"""A pupil's marks on paper: every school week of the year, and the last ones with what was changed.

Plain values, no Django here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from absence.rules.year_grid import Cell, CellState, GridTerm, GridWeek, year_grid
from interventions.packs.files import PackYear, PupilFile
from interventions.rules import wording
from registers.rules.calendar import SessionKey, monday_of
from registers.rules.codes import CODES, AttendanceCode, Category, Counts, Half
from registers.rules.tally import Tally, tally_of

EXTRACT_WEEKS = 10


@dataclass(frozen=True, slots=True)
class PaperCell:
    """One half day on paper: `first` is the original entry where it was changed."""

    shown: str
    css: str
    first: str = ""


@dataclass(frozen=True, slots=True)
class WeekRow:
    label: str
    cells: Sequence[PaperCell]
    tally: Tally


@dataclass(frozen=True, slots=True)
class BreakRow:
    label: str


def grid(pupil: PupilFile, year: PackYear) -> list[WeekRow | BreakRow]:
    """Every school week up to the last day that counts, and the holidays between them."""
    rows: list[WeekRow | BreakRow] = []
    for term in terms_of(pupil, year):
        rows += map(_week, _weeks_within([term], year))
        if rows and term.break_after and term.break_after[1] < year.as_at:
            rows.append(BreakRow(term.break_words))
    return rows


def _weeks_within(terms: Iterable[GridTerm], year: PackYear) -> Iterator[GridWeek]:
    first = monday_of(year.starts_on)
    for term in terms:
        yield from (week for week in term.weeks if first <= week.monday <= year.as_at)


def terms_of(pupil: PupilFile, year: PackYear) -> list[GridTerm]:
    return year_grid(
        sessions=year.sessions,
        marks=pupil.marks,
        begun=(year.as_at, Half.PM),
        on_roll=[
            (
                max(spell.starts_on, year.starts_on),
                min(spell.leaves_on or year.ends_on, year.ends_on),
            )
            for spell in pupil.on_roll
        ],
        terms=year.terms,
        amended={(one.date, Half(one.half)) for one in pupil.amendments},
        closed_days=year.closed_days,
    )


def days_of(rows: Iterable[WeekRow | BreakRow]) -> Sequence[str]:
    """The days that a grid has columns for: Monday to Friday, unless the school meets later."""
    lengths = (len(row.cells) // 2 for row in rows if isinstance(row, WeekRow))
    return wording.WEEKDAYS[: max(lengths, default=5)]


def _week(week: GridWeek) -> WeekRow:
    return _week_row(week, list(map(_paper, week.cells)))


def _week_row(week: GridWeek, cells: Sequence[PaperCell]) -> WeekRow:
    marks = (cell.symbol for cell in week.cells if cell.state is CellState.MARKED)
    return WeekRow(_short_day(week.monday), cells, tally_of(marks))


def _short_day(on: date) -> str:
    return f"{on.day}{wording.NBSP}{on:%b}"


def _paper(cell: Cell) -> PaperCell:
    shown, css = UNMARKED_CELLS.get(cell.state, ("", "e"))
    if cell.state is CellState.MARKED:
        shown, css = cell.symbol, css_of(CODES[cell.symbol])
    return PaperCell(shown, f"{css} {CSS_OF_HALF[cell.half]}".strip())


UNMARKED_CELLS = {CellState.UNMARKED: ("–", "e"), CellState.CLOSED: ("#", "z")}
CSS_OF_HALF = {Half.AM: "p", Half.PM: ""}


def css_of(code: AttendanceCode) -> str:
    """How a mark is drawn on paper; see the grammar in print.css."""
    if code.category is Category.OUTSIDE:
        return "z"
    if code.symbol == "N":
        return "n"
    if code.late:
        return "l" if code.attended else "u after"
    return {Counts.ATTENDED: "", Counts.AUTHORISED: "a", Counts.UNAUTHORISED: "u"}.get(
        code.counts, "x"
    )


def extract(pupil: PupilFile, year: PackYear, *, weeks: int = EXTRACT_WEEKS) -> list[WeekRow]:
    """The last school weeks with the first and the final entry of each mark that was changed."""
    first = first_entries(pupil)
    shown = list(_weeks_within(terms_of(pupil, year), year))[-weeks:]
    return [_week_row(week, [_both(cell, first) for cell in week.cells]) for week in shown]


def _both(cell: Cell, first: Mapping[SessionKey, str]) -> PaperCell:
    paper, key = _paper(cell), (cell.date, cell.half)
    if key not in first or cell.state is not CellState.MARKED:
        return paper
    return replace(paper, first=first[key] or "none")


def first_entries(pupil: PupilFile) -> dict[SessionKey, str]:
    """What was first entered for each session whose mark was changed; empty: entered late."""
    latest_first = reversed(pupil.amendments)
    return {
        (one.date, Half(one.half)): one.before
        for one in latest_first
        if one.before != one.after  # else the minutes alone
    }
