"""The parts of the pupil page that depend on a state: the cells of the year, what a note says."""

from collections.abc import Callable, Mapping

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from absence.figures.elsewhere import Elsewhere
from absence.rules.pupil_marks import SumLine
from absence.rules.year_grid import Cell, CellState, GridWeek
from interventions.pupil import wording
from interventions.pupil.marks import MarkAddresses
from registers.rules.tally import in_per_cent
from registers.templatetags.session_cell import grid_mark_cell, grid_picture

register = template.Library()

for sentence in (
    wording.action_heading,
    wording.written_by,
    wording.step_words,
    wording.step_after,
    wording.letter_line,
):
    register.filter(sentence.__name__, sentence)
LEADS_ON = frozenset({CellState.MARKED, CellState.UNMARKED})
OFF = mark_safe('<span class="session-cell is-off-roll" aria-hidden="true"></span>')


@register.simple_tag
def week_of_year(week: GridWeek, addresses: MarkAddresses) -> SafeString:
    """The half days of a week, morning and afternoon of each day, with nothing between them."""
    return format_html_join("", "{}", ((_year_cell(cell, addresses),) for cell in week.cells))


def _year_cell(cell: Cell, addresses: MarkAddresses) -> SafeString:
    """A half day of the year: its mark, which leads to the register; closed; or off the roll."""
    return CELLS.get(cell.state, _mark)(cell, addresses)


def _off(cell: Cell, addresses: MarkAddresses) -> SafeString:
    return OFF


def _closed(cell: Cell, addresses: MarkAddresses) -> SafeString:
    return grid_picture(f"{cell.words}: {cell.why}", "#", {"class": "is-closed"})


def _mark(cell: Cell, addresses: MarkAddresses) -> SafeString:
    return grid_mark_cell(
        cell.symbol,
        cell.words,
        url=addresses.of(cell.date, cell.half) if cell.state in LEADS_ON else "",
        planned=cell.is_planned,
        amended=cell.amended,
        future=cell.is_future,
    )


CELLS: Mapping[CellState, Callable[[Cell, MarkAddresses], SafeString]] = {
    CellState.OFF: _off,
    CellState.CLOSED: _closed,
}


@register.filter
def sum_total(line: SumLine) -> SafeString:
    """The sessions of a line of the sum; in brackets where they do not count."""
    shape = "<b>{}</b>" if line.counts else '<span class="muted">({})</span>'
    return format_html(shape, line.total)


@register.filter
def absence_there(year: Elsewhere) -> SafeString:
    """Of a year at another school, in per cent; a dash where nothing was possible."""
    rate = in_per_cent(year.tally.absence_rate)
    standing = format_html('<span class="sub">{}</span>', year.standing) if year.standing else ""
    return format_html("{}{}", rate, standing)
