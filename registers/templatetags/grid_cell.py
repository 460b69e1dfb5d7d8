"""The cell of the week's grid: the session cell, with what changing it by keyboard needs."""

from django import template
from django.urls import reverse

from registers.amendments.week import GridCell
from registers.rules.codes import Half
from registers.templatetags.session_cell import mark_cell

register = template.Library()


@register.inclusion_tag("registers/office/_grid_link.html")
def grid_cell(cell: GridCell, urn: str) -> dict:
    half = "afternoon" if cell.half == Half.PM else "morning"
    words = f"{cell.name}, {cell.date:%a} {cell.date.day} {cell.date:%b}, {half}"
    shown = mark_cell(
        cell.symbol,
        words,
        url=reverse("registers:mark", args=[urn, cell.enrolment_id, cell.date, cell.half]),
        planned=cell.is_planned,
        amended=cell.is_amended,
        future=cell.is_future,
    )
    return shown | {"cell": cell}
