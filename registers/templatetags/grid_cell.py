"""The cell of the week's grid: the session cell, with what changing it by keyboard needs."""

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

from registers.amendments.week import GridCell
from registers.templatetags.session_cell import mark_cell
from registers.web.attributes import Attributes

register = template.Library()


@register.simple_tag
def grid_cell(cell: GridCell, urn: str) -> SafeString:
    when = f"{cell.date:%a} {cell.date.day} {cell.date:%b}, {cell.half.words}"
    url = reverse("registers:mark", args=[urn, cell.enrolment_id, cell.date, cell.half])
    return mark_cell(
        cell.symbol,
        f"{cell.name}, {when}",
        url=url,
        planned=cell.is_planned,
        amended=cell.is_amended,
        future=cell.is_future,
        data=_for_the_keyboard(cell, url, when) if cell.may_change else None,
    )


def _for_the_keyboard(cell: GridCell, url: str, when: str) -> Attributes:
    """What the editor of the grid needs of a cell."""
    return {
        "data-mark": f"{url}cell/",
        "data-seen": str(cell.seen),
        "data-code": cell.symbol,
        "data-minutes": "" if cell.minutes is None else str(cell.minutes),
        "data-half": str(cell.half.value),
        "data-name": cell.name,
        "data-when": when,
    }
